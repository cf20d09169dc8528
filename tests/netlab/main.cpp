// grove-netlab: a laboratory network on one machine. Hosts are network namespaces; what one sends to another goes through the
// simulator's model of the Internet, in real time.
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "netlab/asking.h"
#include "netlab/lab.h"
#include "netlab/topology.h"

namespace {

using namespace grove::netlab;
using nlohmann::ordered_json;

constexpr int kFailed = 1, kBadCommandLine = 2;
constexpr int kNotRun = 126, kNotFound = 127;  // as a shell's

// One line on standard output for programs: how to get into each host.
void say(const ordered_json& line) {
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

std::string own_path() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : "grove-netlab";
}

void say_ready(const Lab& lab) {
  ordered_json hosts = ordered_json::object();
  for (const HostPlan& host : lab.topology().hosts) {
    hosts[host.name] = {{"address", host.inside.text()},
                        {"outside", host.outside.text()},
                        {"nat", name_of(host.nat)},
                        {"serves", host.serves},
                        {"enter", {own_path(), "exec", "--lab", lab.name(), host.name, "--"}}};
  }
  say({{"netlab", "ready"}, {"lab", lab.name()}, {"pid", ::getpid()}, {"hosts", hosts}});
}

int run(const std::string& file, const std::string& name) {
  auto read = read_topology(file);
  if (const auto* complaint = std::get_if<Complaint>(&read)) throw Unable(complaint->words);
  const Topology& topology = std::get<Topology>(read);

  sigset_t ends{};
  sigemptyset(&ends);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ends, number);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  const Descriptor stop(::signalfd(-1, &ends, SFD_CLOEXEC));

  Lab lab(topology, name, enter_rights());
  std::fprintf(stderr, "%s: %s\n", topology.name.c_str(), topology.story.c_str());
  for (const HostPlan& host : topology.hosts) {
    std::fprintf(stderr, "  %-16s %-15s %-22s grove-netlab exec%s %s -- COMMAND\n", host.name.c_str(), host.inside.text().c_str(),
                 std::string(name_of(host.nat)).c_str(), name == "lab" ? "" : (" --lab " + name).c_str(), host.name.c_str());
  }
  say_ready(lab);
  lab.run(stop.get());
  say({{"netlab", "ended"}, {"lab", name}, {"packets", ordered_json::parse(lab.stats_json())}});
  return 0;
}

int exec(const std::string& lab, const std::string& host, std::vector<std::string> command) {
  enter_host(lab, host);
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  const int error = errno;
  std::fprintf(stderr, "grove-netlab: %s: %s\n", words[0], std::strerror(error));
  return error == ENOENT ? kNotFound : kNotRun;
}

int ask(const std::string& lab, const std::vector<std::string>& words) {
  std::string question;
  for (const std::string& word : words) question += (question.empty() ? "" : " ") + word;
  std::printf("%s\n", ask_lab(lab, question).text.c_str());
  return 0;
}

int check() {
  const Descriptor rights = enter_rights();
  HostSpace::open({0x0a4d'0001});
  std::printf("a laboratory can run here, %s\n", rights ? "in a user namespace" : "with the rights of root");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "grove-netlab makes hosts that see each other through a network as good or bad as you say.\n"
      "Each is a network namespace with one interface, eth0. docs/netlab.md explains the files.",
      "grove-netlab"};
  app.require_subcommand(1);
  std::string lab = "lab", file, host;
  std::vector<std::string> words;
  const auto add_lab = [&](CLI::App* command) {
    command->add_option("--lab", lab, "Name of the laboratory; several may run side by side")->capture_default_str();
  };
  CLI::App* const run_command = app.add_subcommand("run", "Runs a laboratory until SIGTERM or Ctrl-C");
  run_command->add_option("file", file, "The topology, a JSON file")->required();
  add_lab(run_command);
  CLI::App* const exec_command = app.add_subcommand("exec", "Runs a command in a host: grove-netlab exec anna -- ip address");
  add_lab(exec_command);
  exec_command->add_option("host", host, "Name of the host")->required();
  exec_command->add_option("command", words, "The command and its arguments, after --")->required();
  CLI::App* const ask_command = app.add_subcommand("ask", "Changes a running laboratory: cut A B, mend A B, kill A, revive A, loss PERCENT, stats");
  add_lab(ask_command);
  ask_command->add_option("words", words, "What to ask")->required();
  CLI::App* const check_command = app.add_subcommand("check", "Says whether a laboratory can run on this machine, and if not, why");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadCommandLine;
  }
  try {
    if (*run_command) return run(file, lab);
    if (*exec_command) return exec(lab, host, std::move(words));
    if (*ask_command) return ask(lab, words);
    if (*check_command) return check();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "grove-netlab: %s\n", failure.what());
    return kFailed;
  }
  return kBadCommandLine;
}
