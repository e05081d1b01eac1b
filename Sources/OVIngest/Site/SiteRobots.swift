// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// Gets a host's `robots.txt`, from the cache if it is not a day old.
struct SiteRobots: Sendable {
    /// A folder, absolute; it need not be there.
    let cache: String

    /// RFC 9309 §2.4.
    private static let maximumAge = Milliseconds.hours(24)
    private static let mark = "ov robots 1"

    /// - Parameter isFresh: whether the cache is not asked.
    /// - Throws: `FetchError` when nobody can say what the host asks: then it is left alone.
    func rules(of url: WebURL, by client: PoliteClient, isFresh: Bool = false) async throws
        -> (rules: RobotsRules, isCached: Bool)
    {
        let now = client.clock.now()
        if !isFresh, let bytes = cached(for: url, asOf: now) { return (RobotsRules(bytes), true) }
        guard let address = url.resolving("/robots.txt") else { return (.allowingAll, false) }
        let response: WebResponse
        do {
            response = try await client.get(
                address, headers: [("Accept", "text/plain, */*;q=0.5")], limit: 4 << 20, redirects: .followed)
        } catch let error as FetchError where error.cause == "limit_exceeded" || error.cause == "too_many_redirects" {
            // Longer than anything that was meant for a reader, or nowhere: as if it were not there.
            return (.allowingAll, false)
        }
        switch response.status {
        case 200...299:
            keep(response.body, for: url, asOf: now)
            return (RobotsRules(response.body), false)
        case 400...499 where response.status != 408 && response.status != 429:
            keep([], for: url, asOf: now)
            return (.allowingAll, false)
        default:
            let error = FetchError.status(response, asOf: now)
            throw FetchError(
                error.persistence, cause: error.cause,
                "\(error.message), and without its robots.txt nobody knows what the site allows")
        }
    }

    // MARK: Cache

    private func file(for url: WebURL) -> String {
        "\(cache)/\(url.scheme.rawValue)-\(PagePath.hash(url.authority))-\(url.port)"
    }

    /// Anything but what `keep` wrote for this host is as good as nothing.
    private func cached(for url: WebURL, asOf now: Timestamp) -> [UInt8]? {
        guard let file = try? Descriptor(opening: file(for: url), O_RDONLY | O_NOFOLLOW),
            let bytes = try? file.read(RobotsRules.maximumBytes + 4096, at: 0)
        else { return nil }
        let lines = bytes.split(separator: 10, maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0].elementsEqual(Self.mark.utf8), lines[1].elementsEqual(url.authority.utf8),
            let read = Timestamp(String(decoding: lines[2], as: UTF8.self)), read <= now,
            now.since(read) < Self.maximumAge
        else { return nil }
        return Array(lines[3])
    }

    /// What cannot be written is asked for again the next time.
    private func keep(_ bytes: [UInt8], for url: WebURL, asOf now: Timestamp) {
        guard (try? CacheFolder.make(cache)) != nil else { return }
        let name = file(for: url)
        let new = "\(name).\(getpid())"
        let content =
            Array("\(Self.mark)\n\(url.authority)\n\(now)\n".utf8) + bytes.prefix(RobotsRules.maximumBytes + 1)
        guard (try? Descriptor(opening: new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW).write(content)) != nil else {
            unlink(new)
            return
        }
        if rename(new, name) != 0 { unlink(new) }
    }
}
