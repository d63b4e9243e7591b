cask "zoetrope" do
  version "VERSION"
  sha256 "SHA256"

  url "https://github.com/zoetrope-app/zoetrope/releases/download/v#{version}/Zoetrope-#{version}-arm64.zip"
  name "Zoetrope"
  desc "Turns a sentence or a picture into a video on your own Mac"
  homepage "https://github.com/zoetrope-app/zoetrope"

  depends_on arch: :arm64
  depends_on macos: ">= :sonoma"

  app "Zoetrope.app"
  binary "#{appdir}/Zoetrope.app/Contents/MacOS/zoetrope"

  zap trash: [
    "~/Library/Application Support/app.zoetrope.Zoetrope",
    "~/Library/Caches/app.zoetrope.Zoetrope",
  ]
end
