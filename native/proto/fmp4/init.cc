#include "proto/fmp4/init.h"

#include "proto/fmp4/box.h"

namespace weir::fmp4 {
namespace {

constexpr uint32_t kMovieTimescale = 1000;
constexpr uint32_t kOne = 0x00010000;
constexpr uint32_t kUndetermined = 0x55C4;  // language "und"

void AppendMatrix(Buffer& out) {
  for (const uint32_t value : {kOne, 0U, 0U, 0U, kOne, 0U, 0U, 0U, 0x40000000U}) AppendBe32(out, value);
}

void AppendMovieHeader(Buffer& out) {
  const Box mvhd(out, "mvhd", 0, 0);
  AppendZeros(out, 8);
  AppendBe32(out, kMovieTimescale);
  AppendBe32(out, 0);  // duration: that of the fragments
  AppendBe32(out, kOne);
  AppendBe16(out, 0x0100);
  AppendZeros(out, 10);
  AppendMatrix(out);
  AppendZeros(out, 24);
  AppendBe32(out, kAudioTrackId + 1);
}

void AppendTrackHeader(Buffer& out, uint32_t id, const TrackConfig& track) {
  const bool is_video = id == kVideoTrackId;
  const Box tkhd(out, "tkhd", 0, 3);  // enabled, in the movie
  AppendZeros(out, 8);
  AppendBe32(out, id);
  AppendZeros(out, 4 + 4 + 8 + 4);
  AppendBe16(out, is_video ? 0 : 0x0100);  // volume
  AppendZeros(out, 2);
  AppendMatrix(out);
  AppendBe32(out, track.width << 16);
  AppendBe32(out, track.height << 16);
}

void AppendMediaHeader(Buffer& out, const TrackConfig& track, bool is_video) {
  {
    const Box mdhd(out, "mdhd", 0, 0);
    AppendZeros(out, 8);
    AppendBe32(out, track.timescale);
    AppendBe32(out, 0);
    AppendBe16(out, kUndetermined);
    AppendZeros(out, 2);
  }
  const Box hdlr(out, "hdlr", 0, 0);
  AppendZeros(out, 4);
  Append(out, is_video ? "vide" : "soun");
  AppendZeros(out, 12);
  AppendU8(out, 0);  // no name
}

// The samples stand in the fragments: every table but the description is empty.
void AppendSampleTable(Buffer& out, const TrackConfig& track) {
  const Box stbl(out, "stbl");
  {
    const Box stsd(out, "stsd", 0, 0);
    AppendBe32(out, 1);
    Append(out, track.sample_entry);
  }
  for (const char* type : {"stts", "stsc", "stco"}) {
    const Box box(out, type, 0, 0);
    AppendBe32(out, 0);
  }
  const Box stsz(out, "stsz", 0, 0);
  AppendZeros(out, 8);
}

void AppendTrack(Buffer& out, uint32_t id, const TrackConfig& track) {
  const bool is_video = id == kVideoTrackId;
  const Box trak(out, "trak");
  AppendTrackHeader(out, id, track);
  const Box mdia(out, "mdia");
  AppendMediaHeader(out, track, is_video);
  const Box minf(out, "minf");
  if (is_video) {
    const Box vmhd(out, "vmhd", 0, 1);
    AppendZeros(out, 8);
  } else {
    const Box smhd(out, "smhd", 0, 0);
    AppendZeros(out, 4);
  }
  {
    const Box dinf(out, "dinf");
    const Box dref(out, "dref", 0, 0);
    AppendBe32(out, 1);
    const Box url(out, "url ", 0, 1);  // in this file
  }
  AppendSampleTable(out, track);
}

void AppendDefaults(Buffer& out, uint32_t id) {
  const Box trex(out, "trex", 0, 0);
  AppendBe32(out, id);
  AppendBe32(out, 1);  // sample description
  AppendZeros(out, 12);
}

}  // namespace

void AppendInit(Buffer& out, const TrackConfig* video, const TrackConfig* audio) {
  {
    const Box ftyp(out, "ftyp");
    Append(out, "iso6");
    AppendBe32(out, 0);
    Append(out, "iso6mp41");
  }
  const Box moov(out, "moov");
  AppendMovieHeader(out);
  if (video != nullptr) AppendTrack(out, kVideoTrackId, *video);
  if (audio != nullptr) AppendTrack(out, kAudioTrackId, *audio);
  const Box mvex(out, "mvex");
  if (video != nullptr) AppendDefaults(out, kVideoTrackId);
  if (audio != nullptr) AppendDefaults(out, kAudioTrackId);
}

}  // namespace weir::fmp4
