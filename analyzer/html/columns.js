// Columns of numbers as columns.cpp writes them, and the pyramid over a column that answers "the
// least and the most between these cycles" without walking over all of them.

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// Numbers pass 2^32, so the arithmetic is that of doubles: shifts would cut them.
function decodeColumn(base64, count) {
  const bytes = bytesOf(base64);
  const values = new Float64Array(count);
  let at = 0;
  let last = 0;
  const varint = () => {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
    }
  };
  for (let i = 0; i < count;) {
    const zigzag = varint();
    if (zigzag === 0) {
      const end = i + varint();
      values.fill(last, i, end);
      i = end;
    } else {
      last += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      values[i++] = last;
    }
  }
  return values;
}

const kFan = 8;  // entries of one level under one entry of the next

class Pyramid {
  constructor(values) {
    this.levels = [{least: values, most: values}];
    for (let below = this.levels[0]; below.least.length > kFan;) {
      const length = Math.ceil(below.least.length / kFan);
      const level = {least: new Float64Array(length), most: new Float64Array(length)};
      for (let i = 0; i < length; ++i) {
        let least = Infinity;
        let most = -Infinity;
        const end = Math.min(below.least.length, (i + 1) * kFan);
        for (let k = i * kFan; k < end; ++k) {
          if (below.least[k] < least) least = below.least[k];
          if (below.most[k] > most) most = below.most[k];
        }
        level.least[i] = least;
        level.most[i] = most;
      }
      this.levels.push(level);
      below = level;
    }
  }

  // Over the entries from begin up to, not including, end.
  range(begin, end) {
    let least = Infinity;
    let most = -Infinity;
    const take = (level, i) => {
      if (level.least[i] < least) least = level.least[i];
      if (level.most[i] > most) most = level.most[i];
    };
    for (let depth = 0; begin < end; ++depth) {
      const level = this.levels[depth];
      if (depth === this.levels.length - 1) {
        for (; begin < end; ++begin) take(level, begin);
        break;
      }
      while (begin < end && begin % kFan !== 0) take(level, begin++);
      while (end > begin && end % kFan !== 0) take(level, --end);
      begin /= kFan;
      end /= kFan;
    }
    return {least, most};
  }
}
