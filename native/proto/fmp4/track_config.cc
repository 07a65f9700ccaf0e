#include "proto/fmp4/track_config.h"

#include "media/aac.h"
#include "media/av1.h"
#include "media/avc.h"
#include "media/hevc.h"
#include "media/mp3.h"
#include "media/opus.h"
#include "proto/fmp4/box.h"

namespace weir::fmp4 {
namespace {

// Object type indications (ISO 14496-1 table 5, mp4ra.org).
constexpr uint8_t kAacObject = 0x40;
constexpr uint8_t kMp3Object = 0x6B;
constexpr uint8_t kAudioStream = 0x15;

// What is within a box of this type and of nothing else.
void AppendBox(Buffer& out, std::string_view type, ByteView content) {
  const Box box(out, type);
  Append(out, content);
}

// VisualSampleEntry (ISO 14496-12 12.1.3).
void WriteVideoEntry(TrackConfig& config, std::string_view type, std::string_view record_type, ByteView record) {
  Buffer& out = config.sample_entry;
  const Box entry(out, type);
  AppendZeros(out, 6);
  AppendBe16(out, 1);  // data reference
  AppendZeros(out, 16);
  AppendBe16(out, config.width);
  AppendBe16(out, config.height);
  AppendBe32(out, 0x00480000);  // 72 dpi
  AppendBe32(out, 0x00480000);
  AppendZeros(out, 4);
  AppendBe16(out, 1);  // frames in a sample
  AppendZeros(out, 32);
  AppendBe16(out, 0x0018);
  AppendBe16(out, 0xFFFF);
  AppendBox(out, record_type, record);
}

// AudioSampleEntry (12.2.3), without what comes behind it.
void AppendAudioEntry(Buffer& out, uint32_t channels, uint32_t rate) {
  AppendZeros(out, 6);
  AppendBe16(out, 1);  // data reference
  AppendZeros(out, 8);
  AppendBe16(out, channels);
  AppendBe16(out, 16);  // bits, which no codec here means
  AppendZeros(out, 4);
  AppendBe32(out, rate <= 0xFFFF ? rate << 16 : 0);
}

// Tag and size of a descriptor (ISO 14496-1 8.3.3), the size always in four bytes.
void AppendDescriptor(Buffer& out, uint8_t tag, size_t size) {
  AppendU8(out, tag);
  for (int shift = 21; shift > 0; shift -= 7) AppendU8(out, 0x80 | ((size >> shift) & 0x7F));
  AppendU8(out, size & 0x7F);
}

void AppendEsds(Buffer& out, uint8_t object_type, ByteView specific) {
  constexpr size_t kDescriptor = 5;
  const size_t specific_size = specific.empty() ? 0 : kDescriptor + specific.size();
  const size_t decoder_size = 13 + specific_size;
  const Box esds(out, "esds", 0, 0);
  AppendDescriptor(out, 0x03, 3 + kDescriptor + decoder_size + kDescriptor + 1);
  AppendBe24(out, 0);  // id and flags
  AppendDescriptor(out, 0x04, decoder_size);
  AppendU8(out, object_type);
  AppendU8(out, kAudioStream);
  AppendZeros(out, 3 + 4 + 4);  // buffer size and bit rates: not known
  if (!specific.empty()) {
    AppendDescriptor(out, 0x05, specific.size());
    Append(out, specific);
  }
  AppendDescriptor(out, 0x06, 1);
  AppendU8(out, 2);  // predefined: MP4
}

void KeepSets(TrackConfig& config, const std::vector<ByteView>& sets) {
  for (const ByteView set : sets) config.sets.emplace_back(set.begin(), set.end());
}

bool ReadAvc(ByteView record, TrackConfig& config) {
  avc::Config avc;
  if (!avc::ReadConfig(record, avc)) return false;
  avc::Picture picture;
  if (!avc.sps.empty() && avc::ReadSps(avc.sps[0], picture)) {
    config.width = picture.width;
    config.height = picture.height;
  }
  config.text = avc::CodecText(avc);
  config.nal_length_size = avc.nal_length_size;
  KeepSets(config, avc.sps);
  KeepSets(config, avc.pps);
  Buffer copy(record.begin(), record.end());
  copy[4] |= 3;  // length size 4
  WriteVideoEntry(config, "avc1", "avcC", copy);
  return true;
}

bool ReadHevc(ByteView record, TrackConfig& config) {
  hevc::Config hevc;
  if (!hevc::ReadConfig(record, hevc)) return false;
  hevc::Picture picture;
  if (!hevc.sps.empty() && hevc::ReadSps(hevc.sps[0], picture)) {
    config.width = picture.width;
    config.height = picture.height;
  }
  config.text = hevc::CodecText(hevc);
  config.nal_length_size = hevc.nal_length_size;
  for (const auto* list : {&hevc.vps, &hevc.sps, &hevc.pps}) KeepSets(config, *list);
  Buffer copy(record.begin(), record.end());
  copy[0] = 1;
  copy[21] |= 3;  // length size 4
  // `hvc1` promises that all parameter sets are here: the bit that says so is left out by some.
  size_t at = 23;
  for (int array = 0; array < copy[22]; ++array) {
    if ((copy[at] & 0x3F) <= hevc::kPps) copy[at] |= 0x80;
    int count = LoadBe16(copy.data() + at + 1);
    at += 3;
    for (; count > 0; --count) at += 2 + size_t{LoadBe16(copy.data() + at)};
  }
  WriteVideoEntry(config, "hvc1", "hvcC", copy);
  return true;
}

bool ReadAv1(ByteView record, TrackConfig& config) {
  av1::Config av1;
  if (!av1::ReadConfig(record, av1)) return false;
  config.width = av1.width;
  config.height = av1.height;
  config.text = av1::CodecText(av1);
  WriteVideoEntry(config, "av01", "av1C", record);
  return true;
}

bool ReadAac(ByteView record, TrackConfig& config) {
  aac::Config aac;
  if (!aac::ReadConfig(record, aac)) return false;
  config.text = aac::CodecText(aac);
  config.timescale = aac.sample_rate;
  config.frame_samples = aac.samples_per_frame;
  const Box entry(config.sample_entry, "mp4a");
  AppendAudioEntry(config.sample_entry, aac.channels, aac.sample_rate);
  AppendEsds(config.sample_entry, kAacObject, record);
  return true;
}

bool ReadOpus(ByteView record, TrackConfig& config) {
  opus::Head head;
  if (!opus::ReadHead(record, head)) return false;
  config.text = "opus";  // as Media Source Extensions spell it
  config.timescale = opus::kRate;
  Buffer& out = config.sample_entry;
  const Box entry(out, "Opus");
  AppendAudioEntry(out, head.channels, opus::kRate);
  // "Opus in ISOBMFF" 4.3.2: the ID header, but big-endian, of version 0 and without its magic.
  const Box box(out, "dOps");
  AppendU8(out, 0);
  AppendU8(out, head.channels);
  AppendBe16(out, head.pre_skip);
  AppendBe32(out, head.input_rate);
  AppendBe16(out, static_cast<uint16_t>(head.gain));
  AppendU8(out, head.mapping_family);
  if (head.mapping_family == 0) return true;
  AppendU8(out, head.streams);
  AppendU8(out, head.coupled);
  Append(out, ByteView(head.mapping, head.channels));
  return true;
}

bool ReadRecord(Codec codec, ByteView record, TrackConfig& config) {
  switch (codec) {
    case Codec::kAvc:
      return ReadAvc(record, config);
    case Codec::kHevc:
      return ReadHevc(record, config);
    case Codec::kAv1:
      return ReadAv1(record, config);
    case Codec::kAac:
      return ReadAac(record, config);
    case Codec::kOpus:
      return ReadOpus(record, config);
    default:
      return false;
  }
}

}  // namespace

bool ReadTrackConfig(Codec codec, ByteView record, TrackConfig& config) {
  TrackConfig read;
  read.codec = codec;
  if (!ReadRecord(codec, record, read)) return false;
  config = std::move(read);
  return true;
}

bool ReadMp3Config(ByteView frame, TrackConfig& config) {
  mp3::Header header;
  if (!mp3::ReadHeader(frame, header)) return false;
  config = TrackConfig();
  config.codec = Codec::kMp3;
  config.text = "mp4a.40.34";
  config.timescale = header.sample_rate;
  config.frame_samples = header.samples;
  const Box entry(config.sample_entry, "mp4a");
  AppendAudioEntry(config.sample_entry, header.channels, header.sample_rate);
  AppendEsds(config.sample_entry, kMp3Object, {});
  return true;
}

}  // namespace weir::fmp4
