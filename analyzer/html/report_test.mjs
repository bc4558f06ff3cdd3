// The report in a real browser: what it says, that it works by keyboard alone and on a narrow
// screen, that names from a program stay names, and that it asks the network for nothing.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {chromium} from 'playwright-core';

const kCycles = 1_000_000;
const kSizes = [[1440, 900], [768, 1024], [360, 740]];

let folder, browser;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asyncscope-report-'));
  execFileSync(process.env.ASYNCSCOPE_SAMPLES, [folder, String(kCycles)]);
  browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox']});
});
after(async () => {
  await browser?.close();
  fs.rmSync(folder, {recursive: true, force: true});
});

// Opens the report of a sample; at the end nothing may have gone wrong unseen, but what was expected.
async function withReport(sample, options, use, expected = null) {
  const context = await browser.newContext({viewport: {width: 1440, height: 900}, ...options});
  const page = await context.newPage();
  const file = pathToFileURL(path.join(folder, `${sample}.html`)).href;
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error}`));
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('request', (request) => {
    if (request.url() !== file) complaints.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  try {
    await page.goto(file);
    await use(page, context);
    assert.deepEqual(complaints.filter((complaint) => !expected?.test(complaint)), []);
    if (expected) assert.ok(complaints.length > 0, `nothing like ${expected} was said`);
  } finally {
    await context.close();
  }
}

const overflowing = (page) => page.evaluate(() => {
  const {scrollWidth, clientWidth} = document.documentElement;
  return scrollWidth - clientWidth;
});

// Asked again and again from here: the page's policy forbids what a wait inside the page evaluates.
async function tableHasRows(page, count) {
  const rows = page.locator('#timeline tbody tr');
  for (const end = Date.now() + 30000; Date.now() < end;) {
    if (await rows.count() === count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(await rows.count(), count);
}

test('the verdict stands on top, with its evidence', async () => {
  await withReport('broken', {}, async (page) => {
    assert.match(await page.locator('h1').innerText(),
      /^ASYNCIFY breaks in the unwind of cycle 1 at call_n_kw \(func\[376\]\), call_indirect at 0x1780a/);
    assert.match(await page.locator('#verdict').innerText(), /RuntimeError: unreachable/);
    assert.match(await page.locator('#stack').innerText(), /loop\.py:12 in work, bytecode offset 26, depth 3/);
    assert.match(await page.locator('#runs').innerText(), /vacuous: proves nothing/);
    assert.match(await page.locator('#runs .edge').innerText(), /call_n_kw \(func\[376\]\) on the stack/);
    const explained = page.locator('#verdict .explained');
    await explained.locator('summary').click();
    assert.match(await explained.innerText(), /Asyncify decides for each call[\s\S]*asyncscope explain uninstrumented-callsite/);
  });
});

test('the stack shows each frame with its bytes', async () => {
  await withReport('broken', {}, async (page) => {
    const frames = page.locator('.frames > li');
    assert.deepEqual(await frames.locator('.name').allInnerTexts(), ['hook', 'execute func[985]',
      'fun_bc_call func[568]', 'call_n_kw func[376]', 'call_method func[377]', 'main func[1204]']);
    assert.match(await frames.nth(3).innerText(), /unguarded[\s\S]*not saved[\s\S]*nothing pushed/);
    assert.match(await frames.nth(3).locator('.jump').innerText(), /\+208/);
    const bytes = await frames.nth(2).locator('.line i').allInnerTexts();
    assert.equal(bytes.length, 28);
    assert.deepEqual(bytes.slice(0, 4), ['02', '00', '00', '00']);
    // 88 bytes are six lines: the rest comes on demand.
    assert.equal(await frames.nth(1).locator('.line').count(), 4);
    await frames.nth(1).getByRole('button').click();
    assert.equal(await frames.nth(1).locator('.line').count(), 6);
  });
});

test('the first difference of unwind and rewind is marked, and only that one', async () => {
  await withReport('broken', {}, async (page) => {
    const marked = page.locator('.halves tr.first');
    assert.equal(await marked.count(), 1);
    assert.match(await marked.innerText(), /first difference[\s\S]*pushed nothing[\s\S]*call_n_kw/);
  });
  await withReport('healthy', {}, async (page) => {
    assert.equal(await page.locator('.halves tr.first').count(), 0);
    assert.match(await page.locator('#halves').innerText(), /they mirror each other/);
  });
});

test('a latent fault and an overflow look like what they are', async () => {
  await withReport('latent', {}, async (page) => {
    assert.match(await page.locator('.frame.latent').innerText(), /not saved · latent/);
    assert.match(await page.locator('.frame.js').last().innerText(), /invoke_v[\s\S]*JavaScript between wasm frames/);
  });
  await withReport('overflow', {}, async (page) => {
    assert.match(await page.locator('.gauge').innerText(), /32 of 16 bytes used: 16 bytes behind its end overwritten/);
    assert.ok(await page.locator('.line i.over').count() > 0);
  });
});

test('the advice can be copied', async () => {
  await withReport('broken', {}, async (page, context) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', {name: 'Copy -sASYNCIFY_ADD=call_n_kw'}).click();
    await page.getByText('Copied', {exact: true}).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '-sASYNCIFY_ADD=call_n_kw');
  });
});

test('the timeline works by keyboard, and says where it is', async () => {
  await withReport('healthy', {}, async (page) => {
    const slider = page.getByRole('slider', {name: 'Cycle'});
    await slider.focus();
    const at = async () => Number(await slider.getAttribute('aria-valuenow'));
    assert.equal(await at(), 1);
    const moves = [['ArrowRight', 2], ['ArrowLeft', 1], ['ArrowLeft', 1], ['End', 400], ['PageUp', 400],
      ['PageDown', 360], ['Home', 1], ['PageUp', 41]];
    for (const [key, expected] of moves) {
      await page.keyboard.press(key);
      assert.equal(await at(), expected, key);
    }
    assert.match(await slider.getAttribute('aria-valuetext'), /^cycle 41: depth 8, buffer 340 of 4,096 bytes, .*completed$/);
    assert.match(await page.locator('#stack-title').innerText(), /cycle 41$/);
    assert.equal(await page.locator('.frames > li').count(), 8);
    // Zoomed in as far as it goes: a row of the table for each cycle in view.
    await page.getByText('This range as a table').click();
    await slider.focus();
    for (let i = 0; i < 12; ++i) await page.keyboard.press('+');
    await tableHasRows(page, 8);
    await page.keyboard.press('0');
    await tableHasRows(page, 20);
  });
});

test('every control is reached by Tab and shows that it has the focus', async () => {
  await withReport('broken', {}, async (page) => {
    const wanted = await page.locator('button:not(:disabled), summary, [tabindex="0"], a[href]')
      .filter({visible: true}).count();
    const seen = new Set();
    for (let i = 0; i < wanted; ++i) {
      await page.keyboard.press('Tab');
      const [name, outlined] = await page.evaluate(() => {
        const node = document.activeElement;
        const all = [...document.querySelectorAll('*')];
        return [all.indexOf(node), getComputedStyle(node).outlineStyle !== 'none'];
      });
      assert.ok(outlined, `element ${name} has a visible focus`);
      seen.add(name);
    }
    assert.equal(seen.size, wanted);
  });
});

test('a screen reader finds landmarks, one heading of the first level, and named tables', async () => {
  await withReport('broken', {}, async (page) => {
    for (const role of ['banner', 'main', 'contentinfo']) {
      assert.equal(await page.getByRole(role).count(), 1, role);
    }
    assert.equal(await page.getByRole('heading', {level: 1}).count(), 1);
    const headings = await page.getByRole('heading', {level: 2}).allInnerTexts();
    assert.deepEqual(headings, ['What mends it', 'The stack at the suspend of cycle 1',
      'Unwind and rewind, side by side', 'Timeline', 'Failing against passing']);
    for (const heading of headings) assert.equal(await page.getByRole('region', {name: heading}).first().count(), 1, heading);
    assert.equal(await page.getByRole('table', {name: /Unwind and rewind/}).getByRole('rowheader').count(), 5);
  });
});

test('nothing is wider than the screen', async () => {
  for (const sample of ['broken', 'healthy', 'latent', 'overflow', 'hostile', 'never', 'buffers']) {
    await withReport(sample, {}, async (page) => {
      for (const [width, height] of kSizes) {
        await page.setViewportSize({width, height});
        assert.ok(await overflowing(page) <= 0, `${sample} at ${width}`);
      }
    });
  }
});

// Contrast as WCAG 2 defines it, of every piece of text against the background behind it.
const faintest = (page) => page.evaluate(() => {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].reduce((sum, value, i) => {
    const part = value / 255;
    return sum + [0.2126, 0.7152, 0.0722][i] * (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0);
  const background = (node) => {
    for (; node; node = node.parentElement) {
      const colour = channels(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let worst = {ratio: 99};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest('script, style, .visually-hidden, i.zero, :disabled')) continue;
    const [a, b] = [light(channels(getComputedStyle(node).color)), light(background(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst.ratio) worst = {ratio, text: walker.currentNode.data.trim().slice(0, 60)};
  }
  return worst;
});

test('text has the contrast that WCAG asks for, in light and dark', async () => {
  for (const sample of ['broken', 'latent', 'overflow']) {
    for (const colorScheme of ['light', 'dark']) {
      await withReport(sample, {colorScheme}, async (page) => {
        const worst = await faintest(page);
        assert.ok(worst.ratio >= 4.5, `${sample}, ${colorScheme}: ${JSON.stringify(worst)}`);
      });
    }
  }
});

test('hostile names are text and nothing else', async () => {
  await withReport('hostile', {}, async (page) => {
    assert.equal(await page.locator('img').count(), 0);
    assert.doesNotMatch(await page.title(), /^owned/);
    assert.match(await page.locator('.frames').innerText(), /<\/script><img src=x onerror=/);
    // A direction override would show a name backwards: it is written out.
    assert.match(await page.locator('.frames').innerText(), /\\u202e/);
    assert.doesNotMatch(await page.locator('body').innerText(), /\u202e/);
  });
});

test('the policy holds by itself: markup that did get in could not run', async () => {
  await withReport('broken', {}, async (page) => {
    await page.evaluate(() => {
      const holder = document.createElement('div');
      holder.innerHTML = '<b onclick="document.title = \'owned\'">x</b>';
      holder.firstChild.click();
    });
    assert.doesNotMatch(await page.title(), /^owned/);
  }, /^console: .*Content Security Policy/);
});

test('a run that never suspended says so and draws nothing', async () => {
  await withReport('never', {}, async (page) => {
    assert.match(await page.locator('h1').innerText(), /never suspended/);
    for (const id of ['stack', 'halves', 'timeline', 'advice']) {
      assert.ok(await page.locator(`#${id}`).isHidden(), id);
    }
  });
});

test('without scripts the verdict and the advice are there', async () => {
  await withReport('broken', {javaScriptEnabled: false}, async (page) => {
    assert.match(await page.locator('noscript h1').innerText(), /^ASYNCIFY breaks/);
    assert.match(await page.locator('noscript pre').innerText(), /^-sASYNCIFY_ADD=call_n_kw$/);
  });
});

test('a million cycles open, and zoom from all of them down to one', async () => {
  await withReport('long', {}, async (page) => {
    const slider = page.getByRole('slider', {name: 'Cycle'});
    await slider.waitFor();
    assert.equal(await slider.getAttribute('aria-valuemax'), String(kCycles));
    await slider.focus();
    await page.keyboard.press('End');
    assert.equal(await slider.getAttribute('aria-valuenow'), String(kCycles));
    assert.match(await page.locator('.readout').innerText(), /^Cycle 1,000,000 of 1,000,000: depth [1-3], /);
    await page.getByText('This range as a table').click();
    const rows = page.locator('#timeline tbody tr');
    await tableHasRows(page, 20);
    assert.match(await rows.first().innerText(), /^1 – 50,000\s+1 – 3\s/);
    await slider.focus();
    for (let i = 0; i < 20; ++i) await page.keyboard.press('+');
    await tableHasRows(page, 8);
    assert.match(await rows.last().innerText(), /^1,000,000\s/);
    // Something is drawn on all three lanes.
    const inked = await page.evaluate(() => {
      const {width, height} = document.querySelector('canvas');
      const {data} = document.querySelector('canvas').getContext('2d').getImageData(0, 0, width, height);
      return [60, 144, 228].map((y) => {
        const row = Math.round(y * height / 288) * width * 4;
        return data.subarray(row, row + width * 4).some((value, i) => i % 4 === 3 && value > 0);
      });
    });
    assert.deepEqual(inked, [true, true, true]);
  });
});
