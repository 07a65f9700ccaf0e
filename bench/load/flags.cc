#include "bench/load/flags.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace weir::load {
namespace {

const Flag* Find(std::span<const Flag> flags, std::string_view name) {
  for (const Flag& flag : flags) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

bool ParseNumber(const std::string& text, double& number) {
  char* end = nullptr;
  number = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' && std::isfinite(number) && number >= 0;
}

bool Assign(const Flag& flag, const std::string& text) {
  if (auto* const* target = std::get_if<std::string*>(&flag.target)) {
    **target = text;
    return true;
  }
  double number = 0;
  if (!ParseNumber(text, number)) return false;
  if (auto* const* target = std::get_if<double*>(&flag.target)) {
    **target = number;
    return true;
  }
  if (number != std::floor(number) || number > 1e9) return false;
  **std::get_if<int*>(&flag.target) = static_cast<int>(number);
  return true;
}

std::string Default(const Flag& flag) {
  char text[32] = "";
  if (auto* const* number = std::get_if<int*>(&flag.target)) {
    std::snprintf(text, sizeof text, "%d", **number);
  } else if (auto* const* real = std::get_if<double*>(&flag.target)) {
    std::snprintf(text, sizeof text, "%g", **real);
  } else if (auto* const* string = std::get_if<std::string*>(&flag.target)) {
    return **string;
  }
  return text;
}

}  // namespace

bool ParseFlags(std::span<const Flag> flags, std::span<char* const> arguments, std::vector<std::string>& positional,
                std::string& error) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view argument = arguments[i];
    if (!argument.starts_with("--")) {
      positional.emplace_back(argument);
      continue;
    }
    size_t equals = argument.find('=');
    std::string name(argument.substr(2, equals == argument.npos ? argument.npos : equals - 2));
    const Flag* flag = Find(flags, name);
    if (flag == nullptr) {
      error = "there is no flag --" + name;
      return false;
    }
    if (auto* const* target = std::get_if<bool*>(&flag->target)) {
      **target = true;
      continue;
    }
    if (equals == argument.npos && i + 1 == arguments.size()) {
      error = "--" + name + " needs a value: " + std::string(flag->value);
      return false;
    }
    std::string value(equals == argument.npos ? std::string_view(arguments[++i]) : argument.substr(equals + 1));
    if (!Assign(*flag, value)) {
      error = "--" + name + " wants a number, not '" + value + "'";
      return false;
    }
  }
  return true;
}

std::string DescribeFlags(std::span<const Flag> flags) {
  std::string text;
  for (const Flag& flag : flags) {
    std::string left = "  --" + std::string(flag.name);
    if (!flag.value.empty()) left += " " + std::string(flag.value);
    left.resize(left.size() < 26 ? 26 : left.size() + 1, ' ');
    text += left + std::string(flag.help);
    std::string initial = Default(flag);
    if (!initial.empty() && initial != "0") text += " (" + initial + ")";
    text += "\n";
  }
  return text;
}

}  // namespace weir::load
