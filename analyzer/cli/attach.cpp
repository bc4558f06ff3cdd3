// `asyncscope attach`: records a page, or a running Node process, over the DevTools protocol, and
// prints the verdict when it ends. The client of the protocol is tracer/attach, run by Node.
#include <fmt/format.h>

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "analyzer/cli/diagnose.h"
#include "analyzer/cli/launch.h"
#include "analyzer/cli/temporary_folder.h"
#include "analyzer/cli/verb.h"
#include "support/text.h"

namespace asyncscope::cli {
namespace {

struct AttachOptions {
  std::string url;
  std::optional<int> port;
  std::string host = "127.0.0.1";
  std::string browser;
  bool headless = false;
  bool locals = false;
  double seconds = 0;
  std::string trace;
  DiagnoseOptions diagnose;
};

// The protocol can do anything to a browser, and it is not encrypted: nothing but this machine.
std::string checkHost(const std::string& host) {
  const bool loopback = host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
  return loopback ? "" : "only an address of this machine (127.0.0.1, ::1, localhost)";
}

bool beginsWithScheme(const std::string& url) {
  for (const char* scheme : {"http://", "https://", "file:///"}) {
    if (url.rfind(scheme, 0) == 0) return true;
  }
  return false;
}

// What people give for an address: a file, or a host without its scheme.
std::optional<std::string> fullUrl(const std::string& given) {
  if (beginsWithScheme(given)) return given;
  std::error_code error;
  if (std::filesystem::is_regular_file(given, error)) {
    std::string url = "file://";
    for (const char c : std::filesystem::absolute(given).string()) {
      const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                         std::string_view("/-._~").find(c) != std::string_view::npos;
      url += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return url;
  }
  const std::size_t colon = given.find(':');
  const bool hostAndPort = colon != std::string::npos && colon + 1 < given.size() &&
                           std::isdigit(static_cast<unsigned char>(given[colon + 1])) != 0;
  if (hostAndPort) return "http://" + given;
  return std::nullopt;
}

// For tracer/attach/attach.mjs.
std::string clientOptions(const AttachOptions& options) {
  nlohmann::json json;
  json["trace"] = std::filesystem::absolute(options.trace).string();
  if (!options.url.empty()) json["url"] = options.url;
  if (options.port) json["port"] = *options.port;
  json["host"] = options.host;
  if (!options.browser.empty()) json["browser"] = options.browser;
  json["headless"] = options.headless;
  json["locals"] = options.locals;
  json["seconds"] = options.seconds;
  json["asyncscope"] = ASYNCSCOPE_VERSION;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

ExitCode usage(const std::string& what) {
  fmt::print(stderr, "asyncscope: {}\nRun `asyncscope attach --help` for what it takes.\n", what);
  return kUsage;
}

ExitCode attachAndDiagnose(AttachOptions options) {
  if (options.url.empty() && !options.port) return usage("attach needs --url or --port");
  if (options.port && !options.browser.empty()) {
    return usage("--port attaches to what runs already, so --browser has no use");
  }
  if (!options.url.empty()) {
    const auto url = fullUrl(options.url);
    if (!url) {
      return usage(fmt::format("--url {}: neither an http, https or file address nor a file",
                               support::escaped(options.url)));
    }
    options.url = *url;
  }
  const TemporaryFolder folder;
  if (options.trace.empty()) {
    if (folder.path().empty()) {
      printError("the folder for temporary files",
                 {"cannot be written", std::nullopt, "set TMPDIR, or keep the trace with -o"});
      return kNotRun;
    }
    options.trace = folder.path() + "/run.atrace";
  }
  const auto client = findRuntime("attach/attach.mjs");
  if (!client) {
    printError("attach", client.error());
    return kNotRun;
  }
  LaunchOptions launching;
  launching.command = {"node", *client, clientOptions(options)};
  launching.trace = options.trace;
  launching.outputToError = true;
  launching.preload = false;
  const auto ended = launch(launching);
  if (!ended) {
    support::Error error = ended.error();
    if (error.message.rfind("cannot be run", 0) == 0) error.hint = "install Node 18 or newer";
    printError("node", error);
    return kNotRun;
  }
  // It has said why itself.
  if (ended->code == static_cast<int>(kNotRun)) return kNotRun;
  if (ended->code != 0) {
    printError("attach", {"the recording broke off", std::nullopt,
                          "its messages are above; a trace kept with -o is whole up to there"});
    return kNotRun;
  }
  options.diagnose.load.trace = options.trace;
  return diagnoseFiles(options.diagnose);
}

}  // namespace

void addAttach(CLI::App& app, int& exitCode) {
  auto options = std::make_shared<AttachOptions>();
  CLI::App* verb = app.add_subcommand(
      "attach", "Record a page or a Node process and print the verdict when it ends");
  verb->add_option("--url", options->url,
                   "The page to open, in a new Chromium unless --port is given")
      ->type_name("URL");
  verb->add_option("--port", options->port,
                   "The debugging port of a browser, or of `node --inspect-brk`, that runs already")
      ->type_name("N")
      ->check(CLI::Range(1, 65535));
  verb->add_option("--host", options->host, "Where that port is; loopback only")
      ->type_name("HOST")
      ->capture_default_str()
      ->check(CLI::Validator(checkHost, "", "loopback"));
  verb->add_option("--browser", options->browser,
                   "The browser to start, when it is not to be searched for")
      ->type_name("PATH");
  verb->add_flag("--headless", options->headless, "Start it without a window");
  verb->add_flag("--locals", options->locals,
                 "Take stacks with locals where exceptions are thrown; slows WebAssembly down");
  verb->add_option("--seconds", options->seconds, "End after so many seconds")
      ->type_name("S")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("-o,--output", options->trace, "Keep the trace in this file")
      ->type_name("TRACE");
  verb->add_option("--pass", options->diagnose.load.passing, "A trace of a run that passed")
      ->type_name("TRACE");
  verb->add_option("--symbols", options->diagnose.load.symbols,
                   "Function names: an Emscripten symbol map")
      ->type_name("FILE");
  verb->add_flag("--json", options->diagnose.json, "Print JSON (docs/json.md)");
  verb->footer(
      "Ends with Ctrl-C, when the page is closed or crashes, or when the process ends.\n"
      "Example: asyncscope attach --url http://localhost:8000/");
  verb->callback([options, &exitCode] { exitCode = attachAndDiagnose(*options); });
}

}  // namespace asyncscope::cli
