#include "proto/http/date.h"

#include <algorithm>
#include <string_view>

namespace weir::http {
namespace {

void AppendDigits(char* out, int value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

struct Civil {
  int64_t year;
  int month;  // 1..12
  int day;    // 1..31
};

// The Gregorian date, by years that begin in March, so that the leap day comes last. Days since 1970-01-01.
Civil CivilOf(int64_t days) {
  constexpr int64_t kDaysOf400Years = 146097;
  constexpr int64_t kToMarchOf0000 = 719468;
  days += kToMarchOf0000;
  const int64_t era = (days >= 0 ? days : days - kDaysOf400Years + 1) / kDaysOf400Years;
  const int64_t day = days - era * kDaysOf400Years;
  const int64_t year = (day - day / 1460 + day / 36524 - day / (kDaysOf400Years - 1)) / 365;
  const int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;  // 0 is March
  const bool is_next_year = month >= 10;
  return {.year = era * 400 + year + (is_next_year ? 1 : 0),
          .month = static_cast<int>(is_next_year ? month - 9 : month + 3),
          .day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1)};
}

}  // namespace

DateText HttpDate(int64_t unix_seconds) {
  constexpr int64_t kDay = 24 * 60 * 60;
  constexpr std::string_view kDays = "ThuFriSatSunMonTueWed";  // 1970-01-01 was a Thursday
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const int64_t days = (unix_seconds >= 0 ? unix_seconds : unix_seconds - kDay + 1) / kDay;
  const auto second = static_cast<int>(unix_seconds - days * kDay);
  const Civil date = CivilOf(days);

  DateText text;
  constexpr std::string_view kForm = "Thu, 01 Jan 1970 00:00:00 GMT";
  std::copy(kForm.begin(), kForm.end(), text.begin());
  std::copy_n(kDays.data() + 3 * (((days % 7) + 7) % 7), 3, text.data());
  AppendDigits(text.data() + 5, date.day, 2);
  std::copy_n(kMonths.data() + 3 * (date.month - 1), 3, text.data() + 8);
  AppendDigits(text.data() + 12, static_cast<int>(date.year), 4);
  AppendDigits(text.data() + 17, second / 3600, 2);
  AppendDigits(text.data() + 20, second / 60 % 60, 2);
  AppendDigits(text.data() + 23, second % 60, 2);
  return text;
}

}  // namespace weir::http
