#include "binding/range_calls.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "log/held_range.h"
#include "sys/file_copy.h"

namespace weir::binding {
namespace {

constexpr uint64_t kMaxRead = 64 << 20;

using SharedRange = std::shared_ptr<const HeldRange>;

uint64_t IdOf(const Napi::Value& value) {
  double number = value.ToNumber().DoubleValue();
  return number > 0 ? static_cast<uint64_t>(number) : 0;
}

Napi::Value SystemError(Napi::Env env, const std::string& what, int error) {
  Napi::Error failure = Napi::Error::New(env, what + ": " + strerror(error));
  failure.Set("code", Napi::String::New(env, strerrorname_np(error)));
  return failure.Value();
}

// Settles a promise with what was done on the pool.
class RangeWorker : public Napi::AsyncWorker {
 public:
  RangeWorker(Napi::Env env, SharedRange range) : AsyncWorker(env), deferred_(env), range_(std::move(range)) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  virtual int Work(const HeldRange& range) = 0;
  virtual Napi::Value Result(Napi::Env env) = 0;
  virtual std::string What() const = 0;

  void Execute() override {
    error_ = range_ ? Work(*range_) : ESTALE;
    range_.reset();  // it may be the last hold, and closing files is nothing for the main thread
  }
  void OnOK() override {
    Napi::Env env = Env();
    Napi::HandleScope scope(env);
    if (error_ == 0) {
      deferred_.Resolve(Result(env));
    } else {
      deferred_.Reject(SystemError(env, What(), error_));
    }
  }

 private:
  Napi::Promise::Deferred deferred_;
  SharedRange range_;
  int error_ = 0;
};

class WriteWorker final : public RangeWorker {
 public:
  WriteWorker(Napi::Env env, SharedRange range, std::string path)
      : RangeWorker(env, std::move(range)), path_(std::move(path)) {}

 private:
  int Work(const HeldRange& range) override {
    std::vector<FilePiece> pieces;
    for (const auto& piece : range.pieces) {
      pieces.push_back({piece.segment->fd(), piece.from - piece.segment->base(), piece.to - piece.from});
    }
    size_ = range.size();
    return CopyToFile(pieces, path_);
  }
  Napi::Value Result(Napi::Env env) override { return Napi::Number::New(env, static_cast<double>(size_)); }
  std::string What() const override { return "write " + path_; }

  const std::string path_;
  uint64_t size_ = 0;
};

class ReadWorker final : public RangeWorker {
 public:
  using RangeWorker::RangeWorker;

 private:
  int Work(const HeldRange& range) override {
    if (range.size() > kMaxRead) return EMSGSIZE;
    bytes_.resize(range.size());
    size_t at = 0;
    for (const auto& piece : range.pieces) {
      const size_t size = piece.to - piece.from;
      if (!piece.segment->Read(piece.from, bytes_.data() + at, size)) return EIO;
      at += size;
    }
    return 0;
  }
  Napi::Value Result(Napi::Env env) override {
    auto copy = Napi::Uint8Array::New(env, bytes_.size());
    if (!bytes_.empty()) memcpy(copy.Data(), bytes_.data(), bytes_.size());
    return copy;
  }
  std::string What() const override { return "read a range"; }

  Buffer bytes_;
};

}  // namespace

Napi::Value ReleaseRange(Engine& engine, const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine.ranges().Release(IdOf(info[0])));
}

Napi::Value WriteRange(Engine& engine, const Napi::CallbackInfo& info) {
  auto* worker =
      new WriteWorker(info.Env(), engine.ranges().Find(IdOf(info[0])), info[1].ToString().Utf8Value());  // frees itself
  Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

Napi::Value ReadRange(Engine& engine, const Napi::CallbackInfo& info) {
  auto* worker = new ReadWorker(info.Env(), engine.ranges().Find(IdOf(info[0])));
  Napi::Promise promise = worker->promise();
  worker->Queue();
  return promise;
}

Napi::Value LogMemory(Engine& engine, const Napi::CallbackInfo& info) {
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("used", Napi::Number::New(info.Env(), static_cast<double>(engine.budget().used())));
  object.Set("limit", Napi::Number::New(info.Env(), static_cast<double>(engine.budget().limit())));
  return object;
}

}  // namespace weir::binding
