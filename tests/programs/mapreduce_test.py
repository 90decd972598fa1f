"""Runs programs/mapreduce over the King James text of Debian's bible-kjv and compares with what this file computes.

usage: mapreduce_test.py BUILD_FOLDER quick|full|bench, from the root of the repository

quick: two books, the small one with several quanta, and a text with a line that is too long. full: all of it.
bench: all of it; prints cycles, cycles a word, host seconds and MIPS once the answer was found right.
"""
import collections
import pathlib
import re
import shutil
import subprocess
import sys

from running import compiled, figures, for_each, measured, require, run, require_same_at, troupe

MODE = sys.argv[2]
PROGRAM = pathlib.Path("programs/mapreduce")
TEXTS = {"Genesis": "Ge1:1-Ge50:26", "Ruth": "Ruth1:1-Ruth4:22", "all": "Ge1:1-Rev22:21"}
BITS64 = 2**64 - 1


def hash_of(word):
    value = 14695981039346656037
    for byte in word.encode():
        value = (value ^ byte) * 1099511628211 & BITS64
    return value


def scrambled(x):
    x = x + 0x9E3779B97F4A7C15 & BITS64
    x = (x ^ x >> 33) * 0xFF51AFD7ED558CCD & BITS64
    return x ^ x >> 33


def words_of(verse):
    return re.findall(r"[a-z']+", verse.lower())


class Oracle:
    """The answers, from the words of each line; a place is offset of the line * 128 + words before."""

    def __init__(self, text):
        self.references = {}
        self.places = collections.defaultdict(set)
        offset = 0
        for line in text.splitlines(keepends=True):
            self.references[offset], verse = line.split(" ", 1)
            for position, word in enumerate(words_of(verse)):
                self.places[word].add(offset << 7 | position)
            offset += len(line)
        self.words = sum(map(len, self.places.values()))

    def counts(self):
        hashes = {word: hash_of(word) for word in self.places}
        counts = sum(scrambled(hashes[word] + len(places) & BITS64) for word, places in self.places.items())
        index = sum(scrambled(hashes[word] ^ p) for word, places in self.places.items() for p in places)
        yield (f"{self.words} words, {len(self.places)} distinct, "
               f"counts {counts & BITS64:016x}, index {index & BITS64:016x}")
        for word in sorted(self.places, key=lambda w: (-len(self.places[w]), w))[:10]:
            yield f"{word} {len(self.places[word])}"

    def result(self, phrase):
        places = [self.places.get(word, set()) for word in words_of(phrase)]
        matches = [p for p in places[0] if all(p + i in others for i, others in enumerate(places))]
        if not matches:
            return f"{phrase}: never"
        verses = {p >> 7 for p in matches}
        total = sum(map(scrambled, matches)) & BITS64
        return (f"{phrase}: {len(matches)} in {len(verses)} verses, first {self.references[min(verses)]}, "
                f"hash {total:016x}")

    def printed(self):
        phrases = (PROGRAM / "phrases.txt").read_text().splitlines()
        return "".join(line + "\n" for line in [*self.counts(), *map(self.result, phrases)])


def image_of(text, folder):
    for name in ("mapreduce.mlir", "mapreduce.cc", "phrases.txt"):
        shutil.copy(PROGRAM / name, folder)
    (folder / "text.txt").write_text(text)
    return compiled(folder / "mapreduce.mlir", folder)


def text_of(name):
    return subprocess.run(["bible", "-f", TEXTS[name]], capture_output=True, text=True, check=True).stdout


def compare(printed, oracle):
    expected = oracle.printed()
    require(printed == expected, f"printed\n{printed}expected\n{expected}")


def check(name, folder):
    text = text_of(name)
    image = image_of(text, folder)
    oracle = Oracle(text)
    printed, report = run(image)
    compare(printed, oracle)
    require_same_at(("1", "1000") if name == "Ruth" else (), image, printed, report)
    print(f"{name}: {oracle.words} words, as the oracle says", flush=True)


def check_long_line(_, folder):
    image = image_of("Ge1:1 " + "word " * 600 + "\n", folder)
    done = troupe("run", image, "--quiet")
    wrong = "wrong: a line of the text is too long\n"
    require(done.returncode == 1 and wrong in done.stdout, f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    print("a line that is too long is refused", flush=True)


def bench(name, folder):
    text = text_of(name)
    oracle = Oracle(text)
    printed, report, seconds = measured(image_of(text, folder))
    compare(printed, oracle)
    figures("mapreduce", "word", oracle.words, report["cycles"], report, seconds)


def main():
    if MODE == "bench":
        return for_each(["all"], bench)
    if MODE == "full":
        return for_each(["all"], check)
    return for_each(["Genesis", "Ruth"], check) or for_each(["a long line"], check_long_line)


if __name__ == "__main__":
    sys.exit(main())
