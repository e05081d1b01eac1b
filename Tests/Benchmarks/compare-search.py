#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Indexes and queries the sections of a store with SQLite's FTS5 and, where it is installed, tantivy.

Usage: compare-search.py SECTIONS QUERIES [fts5|tantivy]

SECTIONS is what `Benchmarks sections HOME SECTIONS` wrote. QUERIES is written: 1,000 mixed ones, for
`Benchmarks queries HOME QUERIES`, in the syntax of `ov find`.
"""
import json
import os
import random
import re
import shutil
import sqlite3
import sys
import tempfile
import time

sections = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
print(len(sections), "sections,", sum(len(s["text"].encode()) for s in sections), "bytes")


def make_queries():
    """One word, two, a phrase, a prefix, a path, an exclusion, no hits."""
    chance = random.Random(7)
    queries = []
    while len(queries) < 1000:
        words = re.findall(r"[A-Za-z]{3,}", chance.choice(sections)["text"])
        if len(words) < 3:
            continue
        place = chance.randrange(len(words) - 2)
        first, second, other = words[place], words[place + 1], chance.choice(words)
        kind = chance.choices(
            ["one", "two", "three", "phrase", "prefix", "path", "not", "none"], [25, 25, 10, 12, 8, 8, 7, 5])[0]
        queries.append((kind, first.lower(), second.lower(), other.lower()))
    return queries


def ov_text(query):
    kind, first, second, other = query
    return {
        "one": other, "two": f"{first} {other}", "three": f"{first} {second} {other}",
        "phrase": f'"{first} {second}"', "prefix": first[:4] + "*", "path": f"{other} path:a",
        "not": f"{first} -{second}", "none": "qzxv" + other,
    }[kind]


def fts5_text(query):
    kind, first, second, other = query
    return {
        "one": f'"{other}"', "two": f'"{first}" OR "{other}"', "three": f'"{first}" OR "{second}" OR "{other}"',
        "phrase": f'"{first} {second}"', "prefix": f'"{first[:4]}"*', "path": f'"{other}"',
        "not": f'"{first}" NOT "{second}"', "none": f'"qzxv{other}"',
    }[kind]


def tantivy_text(query):
    kind, first, second, other = query
    return {
        "one": other, "two": f"{first} {other}", "three": f"{first} {second} {other}",
        "phrase": f'"{first} {second}"', "prefix": f'"{first[:4]}"*', "path": other,
        "not": f"{first} -{second}", "none": "qzxv" + other,
    }[kind]


def report(name, times):
    times.sort()
    print(f"{name}: p50 {times[len(times) // 2] * 1e3:.3f} ms, p99 {times[len(times) * 99 // 100] * 1e3:.3f} ms")


def fts5(queries, folder):
    start = time.time()
    base = sqlite3.connect(folder + "/fts5.db")
    base.execute("pragma journal_mode=off")
    base.execute("create virtual table t using fts5(title, headings, body, tokenize='porter unicode61')")
    base.executemany(
        "insert into t values (?, ?, ?)", ((s["title"], s["headings"], s["text"]) for s in sections))
    base.commit()
    print(f"FTS5: {time.time() - start:.1f} s, {os.path.getsize(folder + '/fts5.db')} bytes with the text")
    times = []
    for round in range(2):
        times = []
        for query in queries:
            start = time.time()
            list(base.execute(
                "select rowid from t where t match ? order by bm25(t) limit 10", (fts5_text(query),)))
            times.append(time.time() - start)
            if sum(times) > 15:
                break
    report(f"FTS5, {len(times)} queries", times)


def tantivy_index(queries, folder):
    try:
        import tantivy
    except ImportError:
        return print("tantivy is not installed")
    for threads in (1, 2):
        builder = tantivy.SchemaBuilder()
        for field in ("title", "headings", "body"):
            builder.add_text_field(field, stored=False, tokenizer_name="en_stem")
        place = folder + f"/tantivy{threads}"
        os.makedirs(place)
        start = time.time()
        index = tantivy.Index(builder.build(), path=place)
        writer = index.writer(256_000_000, threads)
        for s in sections:
            writer.add_document(tantivy.Document(title=s["title"], headings=s["headings"], body=s["text"]))
        writer.commit()
        writer.wait_merging_threads()
        print(f"tantivy, {threads} threads: {time.time() - start:.1f} s")
    index.reload()
    searcher = index.searcher()
    times = []
    for round in range(2):
        times = []
        for query in queries:
            start = time.time()
            parsed, _ = index.parse_query_lenient(tantivy_text(query), ["title", "headings", "body"])
            searcher.search(parsed, 10)
            times.append(time.time() - start)
    report("tantivy", times)


queries = make_queries()
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.writelines(ov_text(query) + "\n" for query in queries)
folder = tempfile.mkdtemp()
try:
    if "tantivy" not in sys.argv[3:]:
        fts5(queries, folder)
    if "fts5" not in sys.argv[3:]:
        tantivy_index(queries, folder)
finally:
    shutil.rmtree(folder)
