// SPDX-License-Identifier: Apache-2.0

extension MediaType {
    static let byExtension = parse(extensions)
    static let byName = parse(names)
    static let byStem = parse(stems)

    private static func parse(_ table: String) -> [String: String] {
        var types: [String: String] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            for word in words.dropFirst() { types[word] = words[0] }
        }
        return types
    }

    /// A type and the extensions that suggest it. Code without a registered type is `text/x-` and its language.
    private static let extensions = """
        text/markdown md markdown mdown mkd mkdn mdwn mdx rmd qmd
        text/plain txt text log conf cfg ini properties env lst out nfo me diff patch rej srt
        text/x-rst rst rest
        text/asciidoc adoc asciidoc asc
        text/org org
        text/x-textile textile
        text/x-wiki wiki mediawiki
        text/x-tex tex latex ltx sty cls bib
        text/troff man roff ms 1 2 3 4 5 6 7 8
        text/html html htm xht
        application/xhtml+xml xhtml
        text/css css
        text/x-scss scss
        text/x-sass sass
        text/x-less less
        application/json json jsonc json5 geojson webmanifest map har
        application/x-ipynb+json ipynb
        application/x-ndjson ndjson jsonl
        application/yaml yaml yml
        application/toml toml
        text/csv csv
        text/tab-separated-values tsv tab
        application/xml xml xsd xsl xslt dtd plist wsdl rng xib storyboard resx csproj vcxproj props targets
        application/rss+xml rss
        application/atom+xml atom
        application/rdf+xml rdf owl
        text/turtle ttl
        image/svg+xml svg
        text/vtt vtt
        text/calendar ics
        text/vcard vcf
        text/x-swift swift swiftinterface
        text/x-c c h
        text/x-c++ cc cpp cxx c++ hh hpp hxx h++ ipp inl tpp
        text/x-objective-c m mm
        text/x-csharp cs csx
        text/x-fsharp fs fsx fsi
        text/x-vb vb bas vbs
        text/x-python py pyi pyw pyx pxd
        text/x-rust rs
        text/x-go go
        text/x-java java
        text/x-kotlin kt kts
        text/x-scala scala sc sbt
        text/x-groovy groovy gradle
        text/x-clojure clj cljs cljc edn
        text/javascript js mjs cjs jsx
        text/x-typescript ts tsx mts cts
        text/x-vue vue
        text/x-svelte svelte
        text/x-ruby rb rake gemspec erb
        text/x-php php phtml
        text/x-perl pl pm pod t
        text/x-lua lua
        text/x-r r
        text/x-julia jl
        text/x-haskell hs lhs
        text/x-ocaml ml mli
        text/x-elm elm
        text/x-erlang erl hrl
        text/x-elixir ex exs
        text/x-lisp lisp lsp cl el
        text/x-scheme scm ss rkt
        text/x-dart dart
        text/x-zig zig zon
        text/x-nim nim
        text/x-d d
        text/x-pascal pas pp dpr
        text/x-fortran f f77 f90 f95 f03 for
        text/x-cobol cob cbl
        text/x-ada adb ads
        text/x-asm s asm
        text/x-verilog v vh sv svh
        text/x-vhdl vhd vhdl
        text/x-cuda cu cuh
        text/x-opencl opencl
        text/x-glsl glsl vert frag comp hlsl wgsl metal
        text/x-sh sh bash zsh ksh fish csh
        text/x-powershell ps1 psm1 psd1
        text/x-batch bat cmd
        text/x-awk awk
        text/x-sed sed
        text/x-tcl tcl
        text/x-vim vim
        text/x-nix nix
        text/x-hcl hcl tf tfvars
        text/x-cmake cmake
        text/x-makefile mk mak make
        text/x-dockerfile dockerfile containerfile
        text/x-meson meson
        text/x-bazel bzl bazel
        text/x-protobuf proto
        text/x-thrift thrift
        text/x-graphql graphql gql
        text/x-solidity sol
        text/x-prolog pro prolog
        text/x-coq coq
        text/x-lean lean
        text/x-agda agda
        text/x-graphviz dot gv
        text/x-mermaid mmd mermaid
        text/x-plantuml puml plantuml
        text/x-jinja j2 jinja jinja2 tmpl tpl mustache hbs ejs liquid
        text/x-gettext po pot
        application/sql sql ddl
        application/pdf pdf
        application/postscript ps eps
        application/rtf rtf
        application/epub+zip epub
        application/x-mobipocket-ebook mobi
        application/msword doc
        application/vnd.ms-excel xls
        application/vnd.ms-powerpoint ppt
        application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
        application/vnd.openxmlformats-officedocument.wordprocessingml.template dotx
        application/vnd.ms-word.document.macroenabled.12 docm
        application/vnd.ms-word.template.macroenabled.12 dotm
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
        application/vnd.openxmlformats-officedocument.spreadsheetml.template xltx
        application/vnd.ms-excel.sheet.macroenabled.12 xlsm
        application/vnd.ms-excel.template.macroenabled.12 xltm
        application/vnd.ms-excel.sheet.binary.macroenabled.12 xlsb
        application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
        application/vnd.openxmlformats-officedocument.presentationml.template potx
        application/vnd.openxmlformats-officedocument.presentationml.slideshow ppsx
        application/vnd.ms-powerpoint.presentation.macroenabled.12 pptm
        application/vnd.ms-powerpoint.slideshow.macroenabled.12 ppsm
        application/vnd.oasis.opendocument.text odt
        application/vnd.oasis.opendocument.text-template ott
        application/vnd.oasis.opendocument.spreadsheet ods
        application/vnd.oasis.opendocument.spreadsheet-template ots
        application/vnd.oasis.opendocument.presentation odp
        application/vnd.oasis.opendocument.presentation-template otp
        message/rfc822 eml
        application/mbox mbox
        image/png png
        image/jpeg jpg jpeg jpe
        image/gif gif
        image/webp webp
        image/avif avif
        image/heic heic heif
        image/bmp bmp
        image/tiff tif tiff
        image/vnd.microsoft.icon ico
        image/vnd.adobe.photoshop psd
        audio/mpeg mp3
        audio/mp4 m4a
        audio/aac aac
        audio/ogg ogg oga opus
        audio/flac flac
        audio/wav wav
        video/mp4 mp4 m4v
        video/webm webm
        video/ogg ogv
        video/quicktime mov
        video/x-matroska mkv
        video/x-msvideo avi
        video/mpeg mpg mpeg
        font/ttf ttf
        font/otf otf
        font/woff woff
        font/woff2 woff2
        application/zip zip
        application/gzip gz tgz
        application/x-tar tar
        application/x-bzip2 bz2
        application/x-xz xz
        application/zstd zst
        application/x-7z-compressed 7z
        application/vnd.rar rar
        application/java-archive jar war
        application/wasm wasm
        application/vnd.sqlite3 sqlite sqlite3 db
        application/vnd.apache.parquet parquet
        application/x-elf so o a ko elf
        application/vnd.microsoft.portable-executable exe dll
        application/vnd.debian.binary-package deb
        application/x-rpm rpm
        application/x-iso9660-image iso
        application/x-python-code pyc pyo
        application/java-vm class
        """

    /// Types of whole names.
    private static let names = """
        text/x-makefile makefile gnumakefile bsdmakefile
        text/x-cmake cmakelists.txt
        text/x-meson meson.build meson_options.txt
        text/x-bazel build workspace build.bazel
        text/x-ruby gemfile rakefile podfile vagrantfile brewfile fastfile
        text/x-groovy jenkinsfile
        text/x-sh .bashrc .bash_profile .profile .zshrc .zprofile .envrc pkgbuild
        text/x-vim .vimrc
        text/x-python sconstruct sconscript wscript
        text/plain .gitignore .gitattributes .gitmodules .gitconfig .mailmap .dockerignore .ovignore .ignore \
        .editorconfig .npmrc .nvmrc .env .npmignore .eslintignore .prettierignore .htaccess codeowners cname \
        go.mod go.sum go.work procfile requirements.txt robots.txt
        application/json .babelrc .eslintrc .prettierrc .swift-format package.resolved composer.lock flake.lock
        application/yaml .clang-format .clang-tidy .yamllint yarn.lock
        application/toml cargo.lock poetry.lock pipfile uv.lock
        """

    /// Types of what a name begins with, up to what is no letter.
    private static let stems = """
        text/plain license licence copying readme changelog changes news authors contributors notice todo install \
        history thanks maintainers version
        text/x-dockerfile dockerfile containerfile
        text/x-makefile makefile
        """
}
