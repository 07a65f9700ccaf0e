// Bytes: views, big-endian loads and stores, a bounded reader and an appending writer.
// Lifetime: a view never owns; it is valid as long as what it points at. Thread rule: plain values.
#ifndef WEIR_BASE_BYTES_H_
#define WEIR_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace weir {

using ByteView = std::span<const uint8_t>;
using Buffer = std::vector<uint8_t>;

inline ByteView AsBytes(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }
inline std::string_view AsText(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

inline uint16_t LoadBe16(const uint8_t* p) { return static_cast<uint16_t>((p[0] << 8) | p[1]); }
inline uint32_t LoadBe24(const uint8_t* p) { return (uint32_t{p[0]} << 16) | (uint32_t{p[1]} << 8) | p[2]; }
inline uint32_t LoadBe32(const uint8_t* p) { return (uint32_t{p[0]} << 24) | LoadBe24(p + 1); }
inline uint32_t LoadLe32(const uint8_t* p) {
  return (uint32_t{p[3]} << 24) | (uint32_t{p[2]} << 16) | (uint32_t{p[1]} << 8) | p[0];
}
inline uint64_t LoadBe64(const uint8_t* p) { return (uint64_t{LoadBe32(p)} << 32) | LoadBe32(p + 4); }

inline void StoreBe16(uint8_t* p, uint32_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
inline void StoreBe24(uint8_t* p, uint32_t v) {
  p[0] = static_cast<uint8_t>(v >> 16);
  StoreBe16(p + 1, v);
}
inline void StoreBe32(uint8_t* p, uint32_t v) {
  p[0] = static_cast<uint8_t>(v >> 24);
  StoreBe24(p + 1, v);
}
inline void StoreLe32(uint8_t* p, uint32_t v) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<uint8_t>(v >> (8 * i));
}
inline void StoreBe64(uint8_t* p, uint64_t v) {
  StoreBe32(p, static_cast<uint32_t>(v >> 32));
  StoreBe32(p + 4, static_cast<uint32_t>(v));
}

inline void Append(Buffer& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
inline void Append(Buffer& out, std::string_view text) { Append(out, AsBytes(text)); }
inline void AppendU8(Buffer& out, uint32_t v) { out.push_back(static_cast<uint8_t>(v)); }
inline void AppendBe16(Buffer& out, uint32_t v) {
  uint8_t b[2];
  StoreBe16(b, v);
  Append(out, ByteView(b));
}
inline void AppendBe24(Buffer& out, uint32_t v) {
  uint8_t b[3];
  StoreBe24(b, v);
  Append(out, ByteView(b));
}
inline void AppendBe32(Buffer& out, uint32_t v) {
  uint8_t b[4];
  StoreBe32(b, v);
  Append(out, ByteView(b));
}
inline void AppendLe32(Buffer& out, uint32_t v) {
  uint8_t b[4];
  StoreLe32(b, v);
  Append(out, ByteView(b));
}
inline void AppendBe64(Buffer& out, uint64_t v) {
  uint8_t b[8];
  StoreBe64(b, v);
  Append(out, ByteView(b));
}

// Reads from the front of a view. A read past the end returns false and leaves everything as it was.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  size_t left() const { return rest_.size(); }
  ByteView rest() const { return rest_; }

  [[nodiscard]] bool U8(uint8_t& v) {
    if (rest_.empty()) return false;
    v = rest_[0];
    rest_ = rest_.subspan(1);
    return true;
  }
  [[nodiscard]] bool Be16(uint16_t& v) { return Load<2>(v, LoadBe16); }
  [[nodiscard]] bool Be24(uint32_t& v) { return Load<3>(v, LoadBe24); }
  [[nodiscard]] bool Be32(uint32_t& v) { return Load<4>(v, LoadBe32); }
  [[nodiscard]] bool Be64(uint64_t& v) { return Load<8>(v, LoadBe64); }
  [[nodiscard]] bool Take(size_t n, ByteView& v) {
    if (rest_.size() < n) return false;
    v = rest_.first(n);
    rest_ = rest_.subspan(n);
    return true;
  }
  [[nodiscard]] bool Skip(size_t n) {
    ByteView ignored;
    return Take(n, ignored);
  }

 private:
  template <size_t N, class T, class F>
  bool Load(T& v, F load) {
    if (rest_.size() < N) return false;
    v = load(rest_.data());
    rest_ = rest_.subspan(N);
    return true;
  }

  ByteView rest_;
};

}  // namespace weir

#endif  // WEIR_BASE_BYTES_H_
