// A fresh folder for intermediate files, gone when its owner is, and when the process is interrupted.
#pragma once

#include <string>

namespace troupe {

class TempFolder {
 public:
  // At most one at a time. With `keep` it stays, and says where on stderr.
  explicit TempFolder(bool keep);
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
  bool keep_;
};

}  // namespace troupe
