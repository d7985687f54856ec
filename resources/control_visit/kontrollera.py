"""Kontrollerar mappen från ett kontrollbesök med bara Python 3.8 eller nyare: inget annat behöver finnas på datorn.

    python3 kontrollera.py                      hela kontrollen av mappen som filen ligger i
    python3 kontrollera.py --snabbt             av signaturerna bara den sista i varje session och i varje kedja
    python3 kontrollera.py --kvitto FIL         också att kvittona i FIL finns: siffrorna ur deras QR-koder, ett per rad
    python3 kontrollera.py --rotnyckel NYCKEL   regionens rotnyckel, som regionen själv har lämnat ut
    python3 kontrollera.py --summa SUMMA        summan av SHA256SUMS.txt, som posten om exporten har den hos regionen

Avslutskoden är 0 när allt stämmer, 1 när något inte gör det och 2 när mappen inte går att läsa. Programmet är skrivet
för sig och delar bara formatet med kassan; formatet står i LAS-MIG.txt. Läs det uppifrån och ned.
"""

import argparse
import base64
import hashlib
import json
import multiprocessing
import os
import sys

FIND = []


def found(text):
    """Anteckna ett fel."""
    FIND.append(text)
    say("FEL   " + text)


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


# ── Ed25519, RFC 8032 avsnitt 5.1. Tabeller över multiplar gör det snabbare; de ändrar inget i räkningen. ─────────────

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Summan av två punkter i utvidgade koordinater (X, Y, Z, T)."""
    x, y = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def decompress(raw):
    """Punkten som 32 byte står för, eller None."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def compress(a):
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


ZERO = (0, 1, 1, 0)


def multiples(point):
    """För var och en av 32 byte: punkten gånger 0-255 på den bytens plats."""
    tables = []
    for _ in range(32):
        row = [ZERO]
        for _ in range(255):
            row.append(add(row[-1], point))
        tables.append(row)
        point = add(row[-1], point)
    return tables


def times(tables, number):
    total = ZERO
    for row, byte in zip(tables, number.to_bytes(32, "little")):
        total = add(total, row[byte]) if byte else total
    return total


TABLES = {}


def is_signed(key, message, signature):
    """Om signaturen är gjord med den hemliga delen av nyckeln. Nycklar av låg ordning och skalärer över L nekas."""
    if len(key) != 32 or len(signature) != 64:
        return False
    if key not in TABLES:
        point = decompress(key)
        usable = point is not None and compress(eight(point)) != compress(ZERO)
        TABLES[key] = multiples((P - point[0], point[1], 1, P - point[3])) if usable else None
    if "base" not in TABLES:
        TABLES["base"] = multiples(decompress(bytes([88]) + bytes([102]) * 31))
    s = int.from_bytes(signature[32:], "little")
    if TABLES[key] is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return compress(add(times(TABLES["base"], s), times(TABLES[key], h))) == signature[:32]


def eight(point):
    for _ in range(3):
        point = add(point, point)
    return point


# ── Formatet: base64url utan utfyllnad, poster, delar, certifikat ────────────────────────────────────────────────────


def b64(text):
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_b64(raw) != text:
        raise ValueError("base64")
    return raw


def to_b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sha(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


class Record:
    """En rad i bevis/poster.txt: signatur, huvud och de delar som är med, med tabb emellan."""

    def __init__(self, fields):
        self.signature, self.bytes = b64(fields[0]), fields[1].encode()
        self.header = json.loads(fields[1])
        self.seq, self.kind = self.header["seq"], self.header["kind"]
        self.hash = sha(b"kassa/record/v1\0", self.bytes)
        self.parts = {n: (b64(s), c) for n, s, c in zip(fields[2::3], fields[3::3], fields[4::3])}
        self.name = "post %s (%s)" % (self.seq, self.kind)

    def content(self, name):
        return json.loads(self.parts[name][1]) if name in self.parts else None


def read_lines(folder, name):
    with open(os.path.join(folder, "bevis", name), encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            yield number, line.rstrip("\n").split("\t")


def check_chain(records, chain_id, prev, what):
    """Gå igenom poster i ordning: nummer, kedja, hash före, delarnas åtaganden. Ger dem som går att läsa."""
    expected = 0
    for record in records:
        name = what + record.name
        if record.seq != expected:
            if record.seq > expected:
                found("%spost %d saknas: nästa post i filen är %d" % (what, expected, record.seq))
            else:
                found("%s står på fel plats eller två gånger" % name)
        elif prev is not None and record.header["prev"] != to_b64(prev):
            found("%s följer inte på posten före: en av dem är ändrad" % name)
        if chain_id is not None and record.header["chain"] != chain_id:
            found("%s hör till en annan kedja" % name)
        for part, (salt, content) in record.parts.items():
            if record.header["parts"].get(part) != to_b64(sha(b"kassa/part/v1\0", salt, content.encode())):
                found("%s: innehållet i del %s är ändrat" % (name, part))
        expected, prev = record.seq + 1, record.hash
        yield record


# ── Regionens träd, RFC 6962 avsnitt 2.1 ─────────────────────────────────────────────────────────────────────────────


def node(left, right):
    return sha(b"\1", left, right)


def hashes(text):
    raw = b64(text) if text else b""
    return [raw[at : at + 32] for at in range(0, len(raw), 32)]


def is_included(leaf, index, size, path, root):
    f, s, r = index, size - 1, sha(b"\0", leaf)
    for p in path:
        if s == 0:
            return False
        if f & 1 or f == s:
            r = node(p, r)
            while not f & 1 and f:
                f, s = f >> 1, s >> 1
        else:
            r = node(r, p)
        f, s = f >> 1, s >> 1
    return s == 0 and r == root and index < size


def is_continued(m, q_root, n, root, path):
    if m == 0 or m >= n:
        return not path and (m == 0 or (m == n and q_root == root))
    path = [q_root, *path] if m & (m - 1) == 0 else list(path)
    f, s = m - 1, n - 1
    while f & 1:
        f, s = f >> 1, s >> 1
    if not path:
        return False
    q = r = path[0]
    for p in path[1:]:
        if s == 0:
            return False
        if f & 1 or f == s:
            q, r = node(p, q), node(p, r)
            while not f & 1 and f:
                f, s = f >> 1, s >> 1
        else:
            r = node(r, p)
        f, s = f >> 1, s >> 1
    return s == 0 and q == q_root and r == root


def read_note(note, origin, key):
    """Storlek, rot och hash för ett huvud som regionens liggare har signerat. ValueError om den inte har det."""
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    named, size, root = text.splitlines()[:3]
    own = hashlib.sha256(origin.encode() + b"\n\1" + key).digest()[:4]
    for line in signatures.splitlines():
        dash, name, value = line.split(" ")
        raw = base64.b64decode(value)
        if (dash, name, raw[:4]) == ("\u2014", origin, own) and named == origin:
            if is_signed(key, text.encode(), raw[4:]):
                return int(size), base64.b64decode(root)
    raise ValueError("huvudet är inte signerat av regionen")


# ── Kontrollen ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Chain:
    """En av kassans kedjor: certifikatet, posternas hash, och de signaturer som ska prövas."""

    def __init__(self, leaf):
        self.leaf, said = leaf, json.loads(leaf)
        self.name, self.id, self.key, self.parent = (
            said["reg"] + said["till"],
            said["chain"],
            b64(said["pub"]),
            said["parent"],
        )
        self.hash = sha(b"kassa/entry/v1\0", leaf.encode())
        self.hashes, self.signed, self.envs = [], [], {}


def read_till(folder, quick, take):  # noqa: C901
    """Läs alla kedjor; `take` får varje post. Signaturerna samlas och prövas sedan."""
    chains, before = [], None

    def records(lines):
        nonlocal before
        for number, fields in lines:
            if fields[0] == "kedja":
                before = fields[1]
                return
            try:
                yield Record(fields[1:])
            except (ValueError, KeyError, IndexError, TypeError):
                found("rad %d i bevis/poster.txt går inte att läsa som en post" % number)

    lines = read_lines(folder, "poster.txt")
    _, first = next(lines)
    if first != ["kassa bevis 1"]:
        raise ValueError("bevis/poster.txt är inte i formatet kassa bevis 1")
    _, before = next(lines)
    before = before[1]
    while before is not None:
        chain, before = Chain(before), None
        if chains and chain.parent not in [to_b64(chains[-1].hash)] + [to_b64(h) for h in chains[-1].hashes]:
            found("kedja %s följer inte på kedjan före" % chain.name)
        chains.append(chain)
        last = None
        for record in check_chain(records(lines), chain.id, chain.hash, chain.name + " "):
            chain.hashes.append(record.hash)
            signed = (chain.name + " " + record.name, chain.key, record.bytes, record.signature)
            if not quick or record.kind == "session-close":
                chain.signed.append(signed)
            last = signed
            take(chain, record)
        if quick and last is not None and last not in chain.signed[-1:]:
            chain.signed.append(last)
    return chains


def is_record_signed(signed):
    name, key, header, signature = signed
    return None if is_signed(key, b"kassa/record/v1\0" + header, signature) else name


def check_signatures(signed):
    """Pröva signaturer, på alla processorer när de är många."""
    done = 0
    with multiprocessing.Pool() if len(signed) > 2000 else Single() as pool:
        for wrong in pool.imap(is_record_signed, signed, 200):
            done += 1
            if wrong is not None:
                found("%s: signaturen är inte kassans" % wrong)
            if done % 5000 == 0:
                say("      %d av %d signaturer prövade" % (done, len(signed)))


class Single:
    """En enda process, för få signaturer."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def imap(self, work, pieces, _):
        return map(work, pieces)


def check_region(folder, given_root):
    """Kedjan från rotnyckeln till regionens nycklar, och prislistorna. Ger nycklarna och hash för varje prislista."""
    trust, configurations, root = [], [], None
    for _, fields in read_lines(folder, "region.txt"):
        if fields[0] == "rot":
            root = b64(fields[1])
        else:
            (trust if fields[0] == "nycklar" else configurations).append(Record(fields[1:]))
    if given_root is not None and root != b64(given_root):
        found("rotnyckeln i mappen är inte den som angavs med --rotnyckel")
        root = b64(given_root)
    say("      Rotnyckel: %s" % to_b64(root))
    if given_root is None:
        say("      Jämför den med den som regionen har lämnat ut, eller ange den med --rotnyckel.")
    keys = None
    for what, records, key in (
        ("regionens nycklar, ", trust, lambda: root),
        ("prislista, ", configurations, lambda: b64(keys["config_key"])),
    ):
        chain_id = records[0].header["chain"] if records else None
        for record in check_chain(records, chain_id, bytes(32), what):
            if not is_signed(key(), b"kassa/record/v1\0" + record.bytes, record.signature):
                found("%s%s: signaturen är inte regionens" % (what, record.name))
            keys = record.content("keys") or keys
    return keys, {to_b64(record.hash) for record in configurations}


def check_proofs(folder, chains, keys):
    """Varje bevis i ordning: signaturen, att liggaren fortsätter den förra, att posten ligger där, och vilken."""
    before, proved = {}, {}
    origin, key = keys["origin"], b64(keys["ledger_key"])
    for count, (_, fields) in enumerate(read_lines(folder, "regionbevis.txt"), 1):
        n, following, index = int(fields[1]), int(fields[2]), int(fields[3])
        leaf, chain = fields[4], chains[n - 1]
        name = "%s bevis %d (om posterna före %d)" % (chain.name, count, following)
        try:
            size, root = read_note(b64(fields[7]).decode(), origin, key)
            is_in = is_included(leaf.encode(), index, size, hashes(fields[5]), root)
            consistency = hashes(fields[6])
        except (ValueError, IndexError):
            found(name + ": regionens signatur stämmer inte")
            continue
        last = before.get(n)
        if not is_in:
            found(name + ": posten ligger inte i regionens liggare")
        if last is not None and not is_continued(last[0], last[1], size, root, consistency):
            found(name + ": liggaren fortsätter inte den som fanns förut")
        before[n], proved[n] = (size, root), following
        if following == 0:
            if leaf != chain.leaf:
                found(name + ": gäller ett annat certifikat")
        elif following > len(chain.hashes):
            found(
                "%s post %d saknas: regionen har bevisat att den finns, slutet är avklippt"
                % (chain.name, len(chain.hashes))
            )
        elif json.loads(leaf)["h"] != to_b64(chain.hashes[following - 1]):
            found("%s post %d är inte den som regionen har" % (chain.name, following - 1))
    return proved


def check_receipts(path, chains):
    """Kvitton som kunder har: varje kods post ska ligga i mappen."""
    with open(path, encoding="ascii") as file:
        codes = file.read().split()
    held = {h for chain in chains for h in chain.hashes}
    for code in codes:
        number = int(code)
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        digest = sha(b"kassa/record/v1\0", raw[65:]) if raw[0] == 1 else raw[1:]
        if digest not in held:
            about = json.loads(raw[65:].decode()) if raw[0] == 1 else {"seq": "?", "kind": "Z"}
            found("post %s (%s) på ett kvitto finns inte i mappen" % (about["seq"], about["kind"]))
    return len(codes)


class Sums:
    """Räknar om det som står på varje Z-rapport vars alla poster är med: omsättning, antal, betalsätt och moms."""

    def __init__(self, configurations):
        self.configurations, self.session, self.receipt, self.z, self.checked = configurations, None, None, None, 0

    def take(self, chain, record):
        name = chain.name + " " + record.name
        if record.header.get("cfg") is not None and record.header["cfg"] not in self.configurations:
            found(name + ": prislistan som posten nämner finns inte")
        event = record.content("a")
        if event is None:
            self.session = self.receipt = self.z = None
            return
        if "receipt" in event and record.kind in ("sale", "refund", "void", "deposit", "repayment"):
            if self.receipt is not None and event["receipt"] != self.receipt + 1:
                found("%s: kvitto %d följer på %d" % (name, event["receipt"], self.receipt))
            self.receipt = event["receipt"]
        if record.kind == "session-open":
            self.session = {
                "receipts": 0,
                "sales_ore": 0,
                "by_tender": {},
                "refunds": [0, 0],
                "voids": [0, 0],
                "vat": {},
            }
        elif self.session is not None:
            self.count(record.kind, event)
            if record.kind == "session-close":
                self.compare(name, event)

    def count(self, kind, event):
        sums = self.session
        if kind == "sale":
            sums["receipts"] += 1
            sums["sales_ore"] += event["total_ore"]
            for paid in event["payments"]:
                sums["by_tender"][paid["by"]] = sums["by_tender"].get(paid["by"], 0) + paid["amount_ore"]
            for rate, ore in event["vat"].items():
                sums["vat"][rate] = sums["vat"].get(rate, 0) + ore
        elif kind in ("refund", "void"):
            tally = sums[kind + "s"]
            tally[0], tally[1] = tally[0] + 1, tally[1] + event["total_ore"]
        if "grand" in event:
            sums["grand"] = event["grand"]

    def compare(self, name, event):
        sums, said = self.session, event["figures"]
        if self.z is not None and event["z"] != self.z + 1:
            found("%s: Z %d följer på %d" % (name, event["z"], self.z))
        self.z, self.session, self.checked = event["z"], None, self.checked + 1
        vat = {rate: ore for rate, ore in said.get("by_vat", {}).items() if rate != "exempt"}
        pairs = [
            ("total försäljning", sums["sales_ore"], said.get("sales_ore", 0)),
            ("antal kassakvitton", sums["receipts"], said.get("receipts", 0)),
            ("betalningsmedel", sums["by_tender"], said.get("by_tender", {})),
            ("moms", sums["vat"], vat),
            ("grand total", sums.get("grand", said.get("grand")), said.get("grand")),
        ]
        for kind, what in (("refunds", "returer"), ("voids", "makuleringar")):
            tally = said.get(kind, {})
            pairs.append((what, sums[kind], [tally.get("count", 0), tally.get("ore", 0)]))
        for what, counted, written in pairs:
            if counted != written:
                found("%s: %s på Z %d är %s, men posterna ger %s" % (name, what, event["z"], written, counted))


def check_files(folder, given):
    """Varje fils summa mot SHA256SUMS.txt."""
    with open(os.path.join(folder, "SHA256SUMS.txt"), "rb") as file:
        listed = file.read()
    digest = hashlib.sha256(listed).digest()
    say("      Summan av SHA256SUMS.txt: %s" % to_b64(digest))
    if given is not None and given not in (to_b64(digest), digest.hex()):
        found("SHA256SUMS.txt är inte den som angavs med --summa")
    lines = listed.decode("utf-8").splitlines()
    for line in lines:
        expected, _, name = line.partition("  ")
        whole = hashlib.sha256()
        try:
            with open(os.path.join(folder, *name.split("/")), "rb") as file:
                for piece in iter(lambda: file.read(1 << 20), b""):
                    whole.update(piece)
        except OSError:
            found("filen %s saknas" % name)
            continue
        if whole.hexdigest() != expected:
            found("filen %s är ändrad" % name)
    return len(lines)


def check(folder, options):
    say("1  Filernas summor")
    say("      %d filer" % check_files(folder, options.summa))
    say("2  Regionens nycklar och prislistor")
    keys, configurations = check_region(folder, options.rotnyckel)
    say("3  Poster: ordning, hash, innehåll, och summorna på varje Z")
    sums = Sums(configurations)
    chains = read_till(folder, options.snabbt, sums.take)
    say("      %d poster, %d Z-rapporter omräknade" % (sum(len(chain.hashes) for chain in chains), sums.checked))
    say("4  Regionens bevis")
    proved = check_proofs(folder, chains, keys)
    for n, chain in enumerate(chains, 1):
        say("      %s: regionen har bevisat %d av %d poster" % (chain.name, proved.get(n, 0), len(chain.hashes)))
    signed = [one for chain in chains for one in chain.signed]
    say("5  Signaturer: %d%s" % (len(signed), ", bara de sista (--snabbt)" if options.snabbt else ""))
    check_signatures(signed)
    if options.kvitto:
        say("6  Kvitton")
        say("      %d kvitton" % check_receipts(options.kvitto, chains))


def joined(words, *names):
    """Ett värde som börjar med ett bindestreck, som en nyckel kan göra, är inget annat val."""
    made = []
    for word in words:
        if made and made[-1] in names:
            made[-1] += "=" + word
        else:
            made.append(word)
    return made


def main():
    parser = argparse.ArgumentParser(description="Kontrollerar mappen från ett kontrollbesök.")
    parser.add_argument("mapp", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--snabbt", action="store_true", help="bara den sista signaturen i varje session")
    parser.add_argument("--kvitto", metavar="FIL", help="siffror ur kvittons QR-koder, ett kvitto per rad")
    parser.add_argument("--rotnyckel", metavar="NYCKEL", help="regionens rotnyckel")
    parser.add_argument("--summa", metavar="SUMMA", help="summan av SHA256SUMS.txt enligt posten om exporten")
    options = parser.parse_args(joined(sys.argv[1:], "--rotnyckel", "--summa"))
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        check(options.mapp, options)
    except (OSError, ValueError, KeyError, IndexError, TypeError, StopIteration) as error:
        say("GÅR INTE ATT LÄSA: %s %s" % (type(error).__name__, error))
        return 1 if FIND else 2
    say("%d FEL." % len(FIND) if FIND else "ALLT STÄMMER.")
    return 1 if FIND else 0


if __name__ == "__main__":
    sys.exit(main())
