#include "instrument/callgraph/local_values.h"

#include <algorithm>
#include <tuple>

namespace asyncscope::callgraph {

void LocalValues::begin(std::uint32_t firstVariable, std::uint32_t count,
                        std::uint32_t firstParameter, std::uint32_t paramCount,
                        std::size_t effort) {
  first_ = firstVariable;
  effort_ = effort;
  simple_ = false;
  reachable_ = true;
  serial_ = 0;
  walk_ = 0;
  locals_.assign(count, {});
  for (std::uint32_t i = 0; i < count; ++i) {
    locals_[i].value = i < paramCount ? Value{Value::From::Variable, firstParameter + i}
                                      : Value{Value::From::Constant, 0};
  }
  seen_.assign(count, 0);
  blocks_.clear();
  loops_.clear();
  exits_.clear();
  open(false);
}

void LocalValues::change(std::uint32_t local, Value value, std::uint32_t loops) {
  Local& entry = locals_[local];
  Block& block = blocks_.back();
  if (entry.block != block.serial) {
    block.log.push_back({local, entry});
    entry.block = block.serial;
  }
  entry.value = value;
  entry.loops = loops;
}

Value LocalValues::get(std::uint32_t local) {
  if (simple_) {
    return {Value::From::Variable, first_ + local};
  }
  // What was set outside a loop may have been set anew inside it, on an earlier round.
  while (locals_[local].loops < loops_.size()) {
    const std::uint32_t depth = locals_[local].loops + 1;
    Block& loop = blocks_[loops_[depth - 1]];
    const auto [entry, isNew] = loop.entered.try_emplace(local, 0);
    if (isNew) {
      entry->second = variables_.newVariable();
      variables_.define(entry->second, locals_[local].value);
      for (const Held& held : loop.returned) {
        if (held.first == local) {
          variables_.define(entry->second, held.second);
        }
      }
    }
    change(local, {Value::From::Variable, entry->second}, depth);
  }
  return locals_[local].value;
}

void LocalValues::set(std::uint32_t local, Value value) {
  variables_.define(first_ + local, value);
  if (!simple_) {
    change(local, value, static_cast<std::uint32_t>(loops_.size()));
  }
}

void LocalValues::open(bool loop) {
  if (loop) {
    loops_.push_back(blocks_.size());
  }
  Block& block = blocks_.emplace_back();
  block.serial = ++serial_;
  block.loop = loop;
  block.openedReachable = reachable_;
}

// A way that ends at `target` brings that value of a local.
void LocalValues::take(Block& target, std::uint32_t local, Value value) {
  if (!target.loop) {
    target.incoming.push_back({local, value});
    return;
  }
  target.cameBack.push_back(local);
  const auto entered = target.entered.find(local);
  if (entered != target.entered.end()) {
    variables_.define(entered->second, value);
  } else {
    target.returned.push_back({local, value});
  }
}

// Notes what is changed since the target was opened.
void LocalValues::arrive(std::size_t targetBlock) {
  if (!reachable_ || simple_) {
    return;
  }
  Block& target = blocks_[targetBlock];
  ++target.edges;
  ++walk_;
  std::size_t entries = 0;
  for (std::size_t i = targetBlock; i < blocks_.size(); ++i) {
    entries += blocks_[i].log.size() + 1;
  }
  if (entries > effort_) {
    giveUp();
    return;
  }
  effort_ -= entries;
  const bool leavesLoop = !loops_.empty() && loops_.back() > targetBlock;
  Exit exit{targetBlock, {}};
  for (std::size_t i = targetBlock; i < blocks_.size(); ++i) {
    for (const Change& entry : blocks_[i].log) {
      if (std::exchange(seen_[entry.local], walk_) == walk_) {
        continue;
      }
      take(target, entry.local, locals_[entry.local].value);
      if (leavesLoop) {
        exit.taken.insert(entry.local);
      }
    }
  }
  if (!leavesLoop) {
    return;
  }
  for (std::size_t i = loops_.size(); i-- > 0 && loops_[i] > targetBlock;) {
    blocks_[loops_[i]].exits.push_back(exits_.size());
  }
  exits_.push_back(std::move(exit));
}

void LocalValues::branch(std::uint32_t depth) {
  const std::size_t target = blocks_.size() - 1 - depth;
  if (target != 0) {
    arrive(target);
  }
}

void LocalValues::undo(Block& block) {
  for (std::size_t i = block.log.size(); i-- > 0;) {
    locals_[block.log[i].local] = block.log[i].before;
  }
  block.log.clear();
}

void LocalValues::otherwise(bool reachable) {
  arrive(blocks_.size() - 1);
  undo(blocks_.back());
  reachable_ = reachable && blocks_.back().openedReachable;
}

// The block has been closed: its ways meet.
void LocalValues::merge(Block& block) {
  std::sort(block.incoming.begin(), block.incoming.end(), [](const Held& a, const Held& b) {
    return std::tuple(a.first, a.second.from, a.second.a, a.second.base) <
           std::tuple(b.first, b.second.from, b.second.a, b.second.base);
  });
  for (std::size_t i = 0; i < block.incoming.size();) {
    const std::uint32_t local = block.incoming[i].first;
    std::size_t end = i;
    while (end < block.incoming.size() && block.incoming[end].first == local) {
      ++end;
    }
    const bool everywhere = end - i == block.edges;
    const Value first = block.incoming[i].second;
    const Value last = block.incoming[end - 1].second;
    if (everywhere && first.from == last.from && first.a == last.a && first.base == last.base) {
      change(local, first, static_cast<std::uint32_t>(loops_.size()));
    } else {
      const std::uint32_t variable = variables_.newVariable();
      for (; i < end; ++i) {
        variables_.define(variable, block.incoming[i].second);
      }
      if (!everywhere) {
        variables_.define(variable, get(local));
      }
      change(local, {Value::From::Variable, variable}, static_cast<std::uint32_t>(loops_.size()));
    }
    i = end;
  }
}

// The variable of a local at the beginning of each round of a loop that has been closed.
Value LocalValues::ofAnyRound(Block& loop, std::uint32_t local) {
  const auto [entry, isNew] = loop.entered.try_emplace(local, 0);
  if (isNew) {
    entry->second = variables_.newVariable();
    variables_.define(entry->second, get(local));
    for (const Held& held : loop.returned) {
      if (held.first == local) {
        variables_.define(entry->second, held.second);
      }
    }
  }
  return {Value::From::Variable, entry->second};
}

// At its end one way leads out: what is changed on it stays changed, now outside the loop. On it
// and on the ways out before, a local that was not changed on that round is what it was at its
// begin.
void LocalValues::closeLoop() {
  Block loop = std::move(blocks_.back());
  blocks_.pop_back();
  loops_.pop_back();
  if (simple_) {
    return;
  }
  std::sort(loop.cameBack.begin(), loop.cameBack.end());
  loop.cameBack.erase(std::unique(loop.cameBack.begin(), loop.cameBack.end()), loop.cameBack.end());
  const std::size_t entries = loop.cameBack.size() * (loop.exits.size() + 1);
  if (entries > effort_) {
    giveUp();
    return;
  }
  effort_ -= entries;
  std::vector<Held> changed;
  for (const Change& entry : loop.log) {
    changed.push_back({entry.local, locals_[entry.local].value});
    locals_[entry.local] = entry.before;
  }
  std::unordered_set<std::uint32_t> changedAtEnd;
  for (const Held& held : changed) {
    changedAtEnd.insert(held.first);
  }
  for (const std::uint32_t local : loop.cameBack) {
    for (const std::size_t index : loop.exits) {
      if (exits_[index].taken.insert(local).second) {
        take(blocks_[exits_[index].target], local, ofAnyRound(loop, local));
      }
    }
    if (reachable_ && !changedAtEnd.contains(local)) {
      change(local, ofAnyRound(loop, local), static_cast<std::uint32_t>(loops_.size()));
    }
  }
  if (reachable_) {
    for (const Held& held : changed) {
      change(held.first, held.second, static_cast<std::uint32_t>(loops_.size()));
    }
  }
}

void LocalValues::close(bool withoutElse) {
  if (blocks_.size() == 1) {
    blocks_.pop_back();
    return;
  }
  if (blocks_.back().loop) {
    closeLoop();
    return;
  }
  arrive(blocks_.size() - 1);
  if (withoutElse && blocks_.back().openedReachable) {
    ++blocks_.back().edges;  // past it
  }
  undo(blocks_.back());
  Block block = std::move(blocks_.back());
  blocks_.pop_back();
  reachable_ = block.edges > 0;
  if (!simple_) {
    merge(block);
  }
}

}  // namespace asyncscope::callgraph
