// grove-sim: a room of production nodes on a simulated Internet. Prints its seed first and its figures as JSON last.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "sim/report.h"
#include "sim/run.h"
#include "sim/soak.h"

namespace grove::sim {
namespace {

constexpr int kFailed = 1, kMisused = 2;

struct Options {
  std::string scenario;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> peers;
  std::optional<unsigned> fan_out;
  std::optional<double> seconds;
  std::vector<std::string> rtt;
  std::string baseline;
  double tolerance = 0.05;
  bool only_json = false, shows_speed = false, lists = false;
  std::uint32_t soak = 0;
  bool has_no_blocks = false;
};

struct Misuse {
  std::string why;
};

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Misuse{path + " cannot be read"};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<RttMatrix> read_slices(const std::vector<std::string>& paths) {
  std::vector<RttMatrix> slices;
  for (const std::string& path : paths) {
    auto parsed = RttMatrix::parse(read_text(path));
    if (const auto* bad = std::get_if<RttMatrix::Malformed>(&parsed)) {
      throw Misuse{path + ", line " + std::to_string(bad->line) + ": " + bad->why};
    }
    slices.push_back(std::get<RttMatrix>(std::move(parsed)));
    if (slices.back().hosts() != slices.front().hosts()) throw Misuse{path + ": another number of hosts than " + paths.front()};
  }
  return slices;
}

std::vector<std::filesystem::path> all_scenarios() {
  std::vector<std::filesystem::path> all;
  for (const auto& entry : std::filesystem::directory_iterator(GROVE_SCENARIOS)) {
    if (entry.path().extension() == ".json") all.push_back(entry.path());
  }
  std::sort(all.begin(), all.end());
  return all;
}

// A name from sim/scenarios, or a file.
Scenario read_scenario(const std::string& given) {
  std::filesystem::path path = given;
  if (!std::filesystem::exists(path)) path = std::filesystem::path(GROVE_SCENARIOS) / (given + ".json");
  if (!std::filesystem::exists(path)) throw Misuse{"there is no scenario '" + given + "'; --list shows those there are"};
  auto parsed = parse_scenario(path.stem().string(), read_text(path.string()));
  if (const auto* why = std::get_if<std::string>(&parsed)) throw Misuse{path.string() + ": " + *why};
  return std::get<Scenario>(std::move(parsed));
}

void list_scenarios() {
  for (const auto& path : all_scenarios()) {
    const Scenario scenario = read_scenario(path.string());
    std::printf("%s\n    %s\n", scenario.name.c_str(), scenario.story.c_str());
  }
}

// Of one core: other programs' share of the machine is none of ours.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void say_speed(const RunResult& result, double seconds) {
  // Not to stdout, which is the same byte for byte for the same seed.
  std::fprintf(stderr, "%.1f s simulated in %.1f s of one core: %.2f times real time, %.0f events a second\n", result.simulated.in_ms() / 1000,
               seconds, result.simulated.in_ms() / 1000 / seconds, static_cast<double>(result.events) / seconds);
}

int run_one(const Options& options) {
  Scenario scenario = read_scenario(options.scenario);
  if (options.peers) scenario.peers = *options.peers;
  if (options.fan_out) scenario.copies_cap = static_cast<std::uint8_t>(*options.fan_out);
  if (options.seconds) scenario.harsh = Duration::us(static_cast<std::int64_t>(*options.seconds * 1e6));
  const std::uint64_t seed = options.seed.value_or(std::random_device{}());
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  if (!options.only_json) std::printf("%s: %s\n", scenario.name.c_str(), scenario.story.c_str());
  std::fflush(stdout);
  const auto slices = read_slices(options.rtt);
  const std::string baseline = options.baseline.empty() ? "" : read_text(options.baseline);

  const double begin = cpu_seconds();
  RunResult result = run(scenario, seed, slices);
  const double took = cpu_seconds() - begin;
  if (options.shows_speed) {
    result.figures.emplace_back("sim_seconds_per_second", result.simulated.in_ms() / 1000 / took);
  }
  say_speed(result, took);
  if (!options.only_json) std::fputs(in_words(result).c_str(), stdout);

  bool is_worse = false;
  if (!options.baseline.empty()) {
    const auto compared = compare(result.figures, baseline, options.tolerance);
    if (const auto* why = std::get_if<std::string>(&compared)) throw Misuse{options.baseline + ": " + *why};
    for (const auto& worse : std::get<std::vector<Worse>>(compared)) {
      is_worse = true;
      std::printf("WORSE than the baseline: %s was %.3f, is %.3f\n", worse.figure.c_str(), worse.before, worse.now);
    }
  }
  std::printf("%s\n", in_json(scenario, seed, result).c_str());
  return result.is_well() && !is_worse ? 0 : kFailed;
}

int run_program(int count, char** words) {
  Options options;
  CLI::App app{"Runs a room of production nodes on a simulated Internet. Prints its seed first and its figures as JSON last."};
  app.add_option("SCENARIO", options.scenario, "a name from --list, or a JSON file (docs/simulator.md)");
  app.add_option("--seed", options.seed, "replays a run; drawn when not given");
  app.add_option("--peers", options.peers, "people in the room, instead of the scenario's number")->check(CLI::Range(2, 1000));
  app.add_option("--rtt", options.rtt, "round-trip times from a file; several: time slices of the same hosts");
  app.add_option("--fan-out", options.fan_out, "at most so many copies of a stream from one peer; 0: as many as it can")->check(CLI::Range(0, 250));
  app.add_option("--seconds", options.seconds, "length of the harsh phase")->check(CLI::Range(1.0, 36000.0));
  app.add_option("--baseline", options.baseline, "an earlier run's output: says what got worse, and fails");
  app.add_option("--tolerance", options.tolerance, "how much worse a figure may be, as a share")->check(CLI::Range(0.0, 10.0));
  app.add_flag("--json", options.only_json, "the seed and the JSON, nothing else");
  app.add_flag("--speed", options.shows_speed, "adds simulated seconds per second of one core to the figures");
  app.add_flag("--list", options.lists, "the scenarios");
  app.add_flag("--no-blocks", options.has_no_blocks, "in a soak: nobody blocks anybody");
  app.add_option("--soak", options.soak, "so many runs with options drawn at random")->check(CLI::Range(1, 1'000'000));
  CLI11_PARSE(app, count, words);
  try {
    if (options.lists) {
      list_scenarios();
      return 0;
    }
    if (options.soak > 0) return soak(options.soak, options.seed.value_or(std::random_device{}()), !options.has_no_blocks, words[0]) ? 0 : kFailed;
    if (options.scenario.empty()) throw Misuse{"name a SCENARIO, or use --list or --soak N"};
    return run_one(options);
  } catch (const Misuse& misuse) {
    std::fprintf(stderr, "grove-sim: %s\n", misuse.why.c_str());
    return kMisused;
  }
}

}  // namespace
}  // namespace grove::sim

int main(int count, char** words) { return grove::sim::run_program(count, words); }
