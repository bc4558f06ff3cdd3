#include "analyzer/check/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "analyzer/invariants/finding.h"
#include "support/text.h"

namespace asyncscope::check {
namespace {

struct Node {
  const PathStep* step = nullptr;
  const StaticFinding* finding = nullptr;  // of this very site; nullptr: none
  std::vector<std::unique_ptr<Node>> children;
};

bool same(const PathStep& a, const PathStep& b) {
  return a.function == b.function && a.offset == b.offset && a.text == b.text;
}

Node& childFor(Node& parent, const PathStep& step) {
  for (const auto& child : parent.children) {
    if (same(*child->step, step)) return *child;
  }
  parent.children.push_back(std::make_unique<Node>());
  parent.children.back()->step = &step;
  return *parent.children.back();
}

const char* consequenceText(const StaticFinding& finding) {
  if (finding.consequence == "pops-foreign-record") return "pops a record that it never pushed";
  if (finding.consequence == "moves-stack-pointer") return "moves the C stack";
  if (finding.consequence == "repeats-effects") return "does its effects twice or wrongly";
  return "only forwards";
}

std::string lineOf(const Node& node, const analyzer::Painter& paint) {
  const PathStep& step = *node.step;
  std::string text = support::escaped(step.text);
  if (step.offset) {
    text +=
        fmt::format("  {} at {:#x}",
                    analyzer::siteKindName(static_cast<record::SiteKind>(step.kind)), *step.offset);
  }
  if (node.finding != nullptr) {
    const std::string mark = fmt::format("NOT GUARDED: {}", consequenceText(*node.finding));
    text += "  " +
            (node.finding->harm == analyzer::Harm::Breaks ? paint.red(mark) : paint.yellow(mark));
  } else if (!step.guarded) {
    text += "  " + paint.yellow("not guarded");
  }
  return text;
}

void draw(const Node& node, const std::string& indent, const analyzer::Painter& paint,
          std::string& text) {
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const bool last = i + 1 == node.children.size();
    text += indent + (last ? "└─ " : "├─ ") + lineOf(*node.children[i], paint) + "\n";
    draw(*node.children[i], indent + (last ? "   " : "│  "), paint, text);
  }
}

}  // namespace

std::string drawTree(const std::vector<const StaticFinding*>& findings,
                     const analyzer::Painter& paint) {
  Node root;
  for (const StaticFinding* finding : findings) {
    Node* at = &root;
    for (const PathStep& step : finding->path) at = &childFor(*at, step);
    if (at != &root) at->finding = finding;
  }
  std::string text;
  for (const auto& import : root.children) {
    text += "  " + lineOf(*import, paint) + "\n";
    draw(*import, "  ", paint, text);
  }
  return text;
}

}  // namespace asyncscope::check
