#include "analyzer/invariants/finding.h"

namespace asyncscope::analyzer {

const char* phaseName(Phase phase) {
  switch (phase) {
    case Phase::Build:
      return "build";
    case Phase::Unwind:
      return "unwind";
    case Phase::Suspended:
      return "suspended";
    case Phase::Rewind:
      return "rewind";
    case Phase::After:
      return "after";
    case Phase::Host:
      return "host";
  }
  return "";
}

const char* certaintyName(Certainty certainty) {
  return certainty == Certainty::Proven ? "proven" : "likely";
}

const char* harmName(Harm harm) {
  switch (harm) {
    case Harm::Breaks:
      return "breaks";
    case Harm::Latent:
      return "latent";
    case Harm::NotDetermined:
      return "not determined";
  }
  return "";
}

const char* outcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::Pass:
      return "pass";
    case Outcome::Fail:
      return "fail";
    case Outcome::Trap:
      return "trap";
    case Outcome::Killed:
      return "killed";
    case Outcome::Unknown:
      return "unknown";
  }
  return "";
}

const char* siteKindName(record::SiteKind kind) {
  switch (kind) {
    case record::SiteKind::Call:
      return "call";
    case record::SiteKind::CallIndirect:
      return "call_indirect";
    case record::SiteKind::CallRef:
      return "call_ref";
  }
  return "";
}

}  // namespace asyncscope::analyzer
