#include "sys/file_copy.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "sys/memory_file.h"

namespace weir {
namespace {

class FileCopyTest : public testing::Test {
 protected:
  FileCopyTest() {
    char name[] = "/tmp/weir-file-copy-XXXXXX";
    folder_ = mkdtemp(name);
    for (size_t i = 0; i < kSize; ++i) text_ += static_cast<char>('a' + i % 23);
    iovec part{text_.data(), text_.size()};
    EXPECT_TRUE(memory_.WriteAt(0, {&part, 1}));
  }
  ~FileCopyTest() override {
    unlink(path().c_str());
    rmdir(folder_.c_str());
  }

  std::string path() const { return folder_ + "/file"; }
  bool exists() const { return access(path().c_str(), F_OK) == 0; }
  std::string Content() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static constexpr size_t kSize = 1 << 20;
  std::string folder_;
  std::string text_;
  MemoryFile memory_{"weir-test"};
};

TEST_F(FileCopyTest, JoinsPieces) {
  std::ofstream(path()) << std::string(2 * kSize, 'x');
  const std::vector<FilePiece> pieces = {{memory_.fd(), 5, 1000}, {memory_.fd(), 0, 0}, {memory_.fd(), 4095, 700'000}};
  EXPECT_EQ(CopyToFile(pieces, path()), 0);
  EXPECT_EQ(Content(), text_.substr(5, 1000) + text_.substr(4095, 700'000));
}

TEST_F(FileCopyTest, NothingIsAnEmptyFile) {
  EXPECT_EQ(CopyToFile({}, path()), 0);
  EXPECT_TRUE(exists());
}

TEST_F(FileCopyTest, AFileThatCannotBeOpenedIsLeftAlone) {
  const FilePiece piece{memory_.fd(), 0, 10};
  EXPECT_EQ(CopyToFile({&piece, 1}, folder_ + "/missing/file"), ENOENT);
  EXPECT_EQ(CopyToFile({&piece, 1}, folder_), EISDIR);
}

TEST_F(FileCopyTest, APieceThatIsNotThereFails) {
  const FilePiece piece{memory_.fd(), kSize - 10, 20};
  EXPECT_EQ(CopyToFile({&piece, 1}, path()), EIO);
  EXPECT_FALSE(exists());
}

TEST_F(FileCopyTest, WhereThereIsNoRoomNothingIsLeft) {
  // As a full disk, in the middle of the file.
  signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{300'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const FilePiece piece{memory_.fd(), 0, kSize};
  const int error = CopyToFile({&piece, 1}, path());
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(error, EFBIG);
  EXPECT_FALSE(exists());
}

}  // namespace
}  // namespace weir
