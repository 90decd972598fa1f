// Word count, inverted index and phrase queries of a text in DRAM. Mappers read a piece of the text each and
// send every word with its place to the indexer that is responsible for it. The indexers count, then answer
// queries: a query is an actor that asks for the places of the rarest word of its phrase and lets the
// indexers of the others filter them.
#include <array>

#include "programs/mapreduce/index.hpp"
#include "programs/mapreduce/words.hpp"
#include "troupe.hpp"

using namespace troupe;
using namespace troupe::mapreduce;

namespace {

constexpr int kMappers = 20, kIndexers = 19;  // each on a core of its own, besides the root's
constexpr std::uint32_t kLineBytes = 1024;    // of the longest line
constexpr int kTop = 10;                      // the most frequent words, to be printed

struct Reply;
struct Request {
  enum Kind : std::uint32_t {
    words,   // `count` bytes of words with their postings
    mapped,  // a mapper has sent everything
    find,    // the number of the word of `count` bytes
    list,    // postings of `word`, from number `first` on
    filter,  // those of `count` postings p for which `word` stands at p + `first`
  } kind;
  std::uint32_t word, first, count;
  Address<Reply> answer_to;
  static constexpr std::uint32_t kPostings = 500;  // what a slot of 2 KiB holds
  std::array<Posting, kPostings> payload;
  char* bytes() { return reinterpret_cast<char*>(payload.data()); }
  const char* bytes() const { return reinterpret_cast<const char*>(payload.data()); }
};
struct Reply {
  std::uint32_t word, total;  // find: its number and how many postings it has
  std::uint32_t count;        // list, filter
  std::array<Posting, Request::kPostings> postings;
};

using Indexers = std::array<Address<Request>, kIndexers>;
constexpr std::uint32_t indexer_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>((hash >> 32) % kIndexers);
}

// What the root gets: from each indexer its part of the counts, from each query its result.
struct Frequency {
  std::uint32_t count;
  Word word;
};
struct Notice {
  std::uint32_t query;
  std::uint32_t words, distinct;    // of an indexer
  std::uint64_t counts_hash;        // of its words with their counts
  std::array<Frequency, kTop> top;  // in descending order; count 0: there is no such word
  std::uint32_t times, verses,
      first;                    // of a query: how often, in how many verses, offset of the first of them
  std::uint64_t postings_hash;  // of an indexer's words with their postings; of a query's matches
};

void require(bool truth, const char* what) {
  if (truth) return;
  print("wrong: {}\n", what);
  troupe::exit(1);
}

// Sorts a word in, by descending count, then by the alphabet.
void rank(std::array<Frequency, kTop>& top, Frequency f) {
  for (Frequency& t : top) {
    if (f.count > t.count || (f.count == t.count && f.count != 0 && f.word < t.word)) std::swap(f, t);
  }
}

// Words on their way to the indexers, a message for each. An entry is length, letters, posting, byte by byte.
struct Batches {
  std::array<Request, kIndexers> of;

  // False: that word's message is full.
  bool add(const Word& word, Posting posting, std::uint32_t indexer) {
    Request& r = of[indexer];
    if (r.count + 1 + word.length + sizeof posting > sizeof r.payload) return false;
    char* out = r.bytes() + r.count;
    *out++ = static_cast<char>(word.length);
    std::memcpy(out, word.text, word.length);
    std::memcpy(out + word.length, &posting, sizeof posting);
    r.count += 1 + word.length + sizeof posting;
    return true;
  }
};

// Puts words into `batches` until one is full or there are no more; `word` is the one that had no room.
bool fill(Cursor& cursor, Batches& batches, Word& word, Posting& posting) {
  while (cursor.next(word, posting)) {
    require(word.length <= kWordBytes && cursor.position() <= kPositions, "a word or a verse is too long");
    if (!batches.add(word, posting, indexer_of(hash_of(word.text, word.length)))) return false;
  }
  return true;
}

void add_all(Index& index, const Request& words) {
  for (const char* p = words.bytes(); p != words.bytes() + words.count;) {
    const auto length = static_cast<unsigned char>(*p++);
    Posting posting;
    std::memcpy(&posting, p + length, sizeof posting);
    require(index.add(p, length, posting), "no room for another word");
    p += length + sizeof posting;
  }
}

}  // namespace

// Indexers always receive while there are mappers, so a mapper never waits for ever.
actor mapper(Data<char> text, std::uint32_t number, Indexers indexers) {
  const std::uint64_t size = text.size();
  const auto begin = static_cast<std::uint32_t>(size * number / kMappers);
  const auto end = static_cast<std::uint32_t>(size * (number + 1) / kMappers);
  const std::uint32_t first = begin == 0 ? 0 : begin - 1;
  const auto limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, end + kLineBytes));
  char* piece = new char[limit - first];
  require(co_await text.read(first, {piece, limit - first}) == Status::ok, "a piece of the text");
  require(limit == size || end == begin ||
              std::find(piece + (end - 1 - first), piece + (limit - first), '\n') != piece + (limit - first),
          "a line of the text is too long");

  auto batches = Buffer<Batches>::make();
  require(static_cast<bool>(batches), "no room for batches");
  for (Request& r : batches->of) r = {Request::words, 0, 0, 0, {}, {}};
  Cursor cursor(piece, first, limit - first, begin, end);
  Word word;
  Posting posting;
  while (!fill(cursor, *batches, word, posting)) {
    const std::uint32_t to = indexer_of(hash_of(word.text, word.length));
    co_await indexers[to].send(batches->of[to]);
    batches->of[to].count = 0;
    batches->add(word, posting, to);
  }
  for (std::uint32_t to = 0; to < kIndexers; ++to) {
    co_await indexers[to].send(batches->of[to]);
    batches->of[to].kind = Request::mapped;
    co_await indexers[to].send(batches->of[to]);
  }
  delete[] piece;
}
TROUPE_BEHAVIOUR(mapper);

namespace {

void answer(Index& index, const Request& request, Reply& reply) {
  reply.count = 0;
  if (request.kind == Request::find) {
    reply.word = index.find(request.bytes(), request.count);
    reply.total = reply.word == Index::kNone ? 0 : index[reply.word].postings.size();
    return;
  }
  List<Posting>& postings = index[request.word].postings;
  if (request.kind == Request::list) {
    const std::uint32_t left = postings.size() - request.first;
    reply.count = left < Request::kPostings ? left : Request::kPostings;
    std::memcpy(reply.postings.data(), &postings[request.first], reply.count * sizeof(Posting));
    return;
  }
  Posting* at = postings.begin();  // both ascend
  for (std::uint32_t i = 0; i < request.count; ++i) {
    const Posting wanted = request.payload[i] + request.first;
    at = std::lower_bound(at, postings.end(), wanted);
    if (at != postings.end() && *at == wanted) reply.postings[reply.count++] = request.payload[i];
  }
}

Notice summary(Index& index) {
  Notice n = {};
  n.distinct = index.size();
  for (std::uint32_t w = 0; w < index.size(); ++w) {
    Entry& e = index[w];
    n.words += e.postings.size();
    n.counts_hash += scrambled(e.hash + e.postings.size());
    for (const Posting p : e.postings) n.postings_hash += scrambled(e.hash ^ p);
    rank(n.top, {e.postings.size(), e.word});
  }
  return n;
}

}  // namespace

// A query waits for the answer to each request, so the answer always finds room.
actor indexer(Inbox<Request, 16> in, Address<Notice> root) {
  Index index;
  for (int mapping = kMappers; mapping != 0;) {
    const auto request = co_await in.borrow();
    if (request->kind == Request::words) {
      add_all(index, *request);
    } else {
      --mapping;
    }
  }
  index.sort();
  co_await root.send(summary(index));
  auto reply = Buffer<Reply>::make();
  require(static_cast<bool>(reply), "no room for a reply");
  for (;;) {
    const auto request = co_await in.borrow();
    answer(index, *request, *reply);
    co_await request->answer_to.send(*reply);
  }
}
TROUPE_BEHAVIOUR(indexer);

namespace {

constexpr std::uint32_t kPhraseBytes = 128, kPhraseWords = 16;

// A word of a phrase, as its indexer knows it.
struct Term {
  Word word;
  std::uint32_t position;
  Address<Request> indexer;
  std::uint32_t number, total;
};

// Asks the indexers for the words of a phrase; returns how many there are.
task<std::uint32_t> look_up(Inbox<Reply, 1>& in, Cursor& cursor, const Indexers& indexers, Request& request,
                            std::array<Term, kPhraseWords>& terms) {
  std::uint32_t count = 0;
  for (Posting at; count < kPhraseWords && cursor.next(terms[count].word, at); ++count) {
    Term& t = terms[count];
    require(t.word.length <= kWordBytes, "a word of a phrase is too long");
    t.position = position_of(at);
    t.indexer = indexers[indexer_of(hash_of(t.word.text, t.word.length))];
    request.kind = Request::find;
    request.count = t.word.length;
    std::memcpy(request.bytes(), t.word.text, t.word.length);
    co_await t.indexer.send(request);
    const auto reply = co_await in.borrow();
    t.number = reply->word;
    t.total = reply->total;
  }
  require(count != 0 && count < kPhraseWords, "the number of words of a phrase");
  co_return count;
}

}  // namespace

// Phrases are lines of `phrases`; this one begins at byte `begin`.
actor query(Inbox<Reply, 1> in, Data<char> phrases, std::uint32_t begin, std::uint32_t bytes,
            Indexers indexers, Address<Notice> root) {
  char phrase[kPhraseBytes + 1] = {' '};  // as a line without reference
  require(bytes <= kPhraseBytes && co_await phrases.read(begin, {phrase + 1, bytes}) == Status::ok,
          "a phrase");
  Cursor cursor(phrase, 0, bytes + 1, 0, bytes + 1);
  auto request = Buffer<Request>::make();
  require(static_cast<bool>(request), "no room for a request");
  request->answer_to = in.address();
  std::array<Term, kPhraseWords> terms;
  const std::uint32_t count = co_await look_up(in, cursor, indexers, *request, terms);
  std::sort(terms.begin(), terms.begin() + count,
            [](const Term& a, const Term& b) { return a.total < b.total; });

  Notice result = {};
  result.query = begin;
  std::uint32_t last = 0;
  const Term& rarest = terms[0];
  for (std::uint32_t first = 0; first < rarest.total; first += Request::kPostings) {
    request->kind = Request::list;
    request->word = rarest.number;
    request->first = first;
    co_await rarest.indexer.send(*request);
    std::uint32_t left = 0;  // postings of the phrase's first word, if the phrase is there
    {
      const auto reply = co_await in.borrow();
      for (std::uint32_t i = 0; i < reply->count; ++i) {
        if (position_of(reply->postings[i]) >= rarest.position)
          request->payload[left++] = reply->postings[i] - rarest.position;
      }
    }
    for (std::uint32_t t = 1; t < count && left != 0; ++t) {
      request->kind = Request::filter;
      request->word = terms[t].number;
      request->first = terms[t].position;
      request->count = left;
      co_await terms[t].indexer.send(*request);
      const auto reply = co_await in.borrow();
      left = reply->count;
      std::memcpy(request->payload.data(), reply->postings.data(), left * sizeof(Posting));
    }
    for (std::uint32_t i = 0; i < left; ++i) {
      const Posting match = request->payload[i];
      if (result.times == 0) result.first = verse_of(match);
      if (result.times == 0 || verse_of(match) != last) ++result.verses;
      last = verse_of(match);
      ++result.times;
      result.postings_hash += scrambled(match);
    }
  }
  co_await root.send(result);
}
TROUPE_BEHAVIOUR(query);

namespace {

constexpr std::uint32_t kQueries = 32, kPhrasesBytes = 4096;

task<> print_counts(Inbox<Notice>& in) {
  std::uint64_t words = 0, distinct = 0, counts_hash = 0, postings_hash = 0;
  std::array<Frequency, kTop> top = {};
  for (int i = 0; i < kIndexers; ++i) {
    const auto part = co_await in.borrow();
    words += part->words;
    distinct += part->distinct;
    counts_hash += part->counts_hash;
    postings_hash += part->postings_hash;
    for (const Frequency& f : part->top) rank(top, f);
  }
  print("{} words, {} distinct, counts {:016x}, index {:016x}\n", words, distinct, counts_hash,
        postings_hash);
  for (const Frequency& f : top) {
    if (f.count != 0) print("{} {}\n", f.word.text, f.count);
  }
}

// The reference of the line that begins at `first`.
task<> print_result(Data<char> text, const char* phrase, const Notice& result) {
  if (result.times == 0) {
    print("{}: never\n", phrase);
    co_return;
  }
  char reference[17] = {};
  const std::uint64_t bytes = std::min<std::uint64_t>(16, text.size() - result.first);
  require(co_await text.read(result.first, {reference, bytes}) == Status::ok, "a reference");
  *std::find(reference, reference + 16, ' ') = 0;
  print("{}: {} in {} verses, first {}, hash {:016x}\n", phrase, result.times, result.verses, reference,
        result.postings_hash);
}

}  // namespace

actor concordance(Inbox<Notice> in, Data<char> text, Data<char> phrases) {
  require(text.size() <= kTextBytesMax, "the text is too long for postings");
  require(core_count() > kMappers + kIndexers, "there are not enough cores");
  Indexers indexers;
  for (std::uint32_t i = 0; i < kIndexers; ++i) {
    indexers[i] = co_await spawn<indexer>(in.address(), on(1 + i));
    require(static_cast<bool>(indexers[i]), "no room for an indexer");
  }
  for (std::uint32_t i = 0; i < kMappers; ++i) {
    require(static_cast<bool>(co_await spawn<mapper>(text, i, indexers, on(1 + kIndexers + i))),
            "no room for a mapper");
  }
  co_await print_counts(in);

  char lines[kPhrasesBytes];
  const auto bytes = static_cast<std::uint32_t>(phrases.size());
  require(bytes <= kPhrasesBytes && co_await phrases.read(0, {lines, bytes}) == Status::ok, "the phrases");
  std::array<Notice, kQueries> results;
  std::uint32_t count = 0;
  for (std::uint32_t begin = 0; begin < bytes; ++count) {
    const auto end = static_cast<std::uint32_t>(std::find(lines + begin, lines + bytes, '\n') - lines);
    require(count < kQueries && end < bytes, "too many phrases, or no end of line behind the last");
    require(static_cast<bool>(co_await spawn<query>(phrases, begin, end - begin, indexers, in.address())),
            "no room for a query");
    lines[end] = 0;
    begin = end + 1;
  }
  for (std::uint32_t i = 0; i < count; ++i) results[i] = co_await in.receive();
  std::sort(results.begin(), results.begin() + count,
            [](const Notice& a, const Notice& b) { return a.query < b.query; });
  for (std::uint32_t i = 0; i < count; ++i) co_await print_result(text, lines + results[i].query, results[i]);
}
TROUPE_BEHAVIOUR(concordance);
