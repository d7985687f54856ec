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
import csv
import hashlib
import json
import multiprocessing
import os
import re
import sys
import zipfile
from xml.etree import ElementTree

FIND = []
NOTES = []


class Unreadable(Exception):
    """Något som ska läsas går inte att läsa; bär meningen som säger vad."""


def found(text):
    """Anteckna ett fel."""
    FIND.append(text)
    say("FEL   " + text)


def note(text):
    """Anteckna det som inte är ett fel men som den som läser behöver veta."""
    NOTES.append(text)
    say("OBS   " + text)


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
    if given_root is not None and not re.match(r"[A-Za-z0-9_-]{43}$", given_root):
        raise Unreadable("värdet efter --rotnyckel är ingen nyckel: den har 43 tecken")
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
    try:
        with open(path, encoding="ascii") as file:
            codes = file.read().split()
    except UnicodeDecodeError:
        codes = [""]
    if not all(code.isdigit() for code in codes):
        raise Unreadable("%s ska ha bara siffror, ett kvitto på varje rad" % path)
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

    def take(self, chain, record, event):
        name = chain.name + " " + record.name
        if record.header.get("cfg") is not None and record.header["cfg"] not in self.configurations:
            found(name + ": prislistan som posten nämner finns inte")
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
            ("total försäljning", {"kronor": sums["sales_ore"]}, {"kronor": said.get("sales_ore", 0)}),
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
                said = (name, what, event["z"], shown(written), shown(counted))
                found("%s: %s på Z %d är %s, men posterna ger %s" % said)


def kronor(ore):
    return "%s%d,%02d" % ("-" if ore < 0 else "", abs(ore) // 100, abs(ore) % 100)


WORDS = {"sales_ore": "försäljning", "returns_ore": "returer", "cash": "kontant", "card": "kort", "swish": "swish"}
WORDS.update({"invoice": "faktura", "on_account": "a conto"})


def shown(value):
    """Ett belopp, ett antal och ett belopp, eller belopp med namn, som en människa läser det."""
    if isinstance(value, dict):
        return (
            ", ".join("%s %s" % (WORDS.get(name, name), kronor(ore)) for name, ore in sorted(value.items())) or "inget"
        )
    if isinstance(value, list):
        return "%d st, %s" % (value[0], kronor(value[1]))
    return str(value)


# ── Det läsbara mot det signerade ────────────────────────────────────────────────────────────────────────────────────

TABLE, BOOK, XML = "journal/kassajournal.csv", "journal/kassajournal.xlsx", "journal/skvfs-2021-16.xml"
TENDERS = {"cash": "Kontant", "card": "Kort", "swish": "Swish", "invoice": "Faktura", "on_account": "A conto"}
AMOUNTS = ("Belopp", "Differens", "Öresavrundning", "Moms", *TENDERS.values())
HEADS = ("Tid", "Användare", "Kvitto", "Belopp", "Öresavrundning", "Moms", "Artiklar", *TENDERS.values())
RECEIPTS = ("sale", "refund", "void", "deposit", "repayment")
MANY = 10


def in_ore(text):
    """Ett belopp med två decimaler, efter komma eller punkt, i öre; 0 för en tom ruta och None för något annat."""
    whole = re.match(r"(-?\d+)[,.](\d\d)$", text)
    return int(whole.group(1) + whole.group(2)) if whole else 0 if text == "" else None


def found_all(text, names):
    """Ett fel för var och en, men inte tusen rader om samma fil."""
    for name in names[:MANY]:
        found(text % name)
    if len(names) > MANY:
        found(text % ("%d till" % (len(names) - MANY)))


def columns_of(kind, event):
    """Vad en post säger att dess rad i tabellen ska säga under HEADS. Belopp i öre; inget belopp är 0 öre."""
    amount = event.get("total_ore", event.get("amount_ore", 0))
    if kind == "session-close":
        amount = event["figures"].get("sales_ore", 0)
    elif kind == "session-open":
        amount = event.get("counted_ore", 0)
    articles = ", ".join(line["text"] for line in event.get("lines", ()) if "text" in line)
    paid = dict.fromkeys(TENDERS, 0)
    for one in event.get("payments", ()):
        paid[one["by"]] += one["amount_ore"]
    return (
        event["at"][:19].replace("T", " "),
        sys.intern(event.get("by") or ""),
        str(event.get("receipt") or ""),
        amount,
        event.get("rounding_ore", 0),
        sum(event.get("vat", {}).values()),
        sys.intern(articles),
        *paid.values(),
    )


class Tables:
    """Vad de signerade posterna säger att tabellen, kalkylbladet, XML-filen och Z-rapporterna ska säga."""

    def __init__(self):
        self.rows, self.receipts, self.reports, self.bare, self.had = {}, {}, {}, [], None

    def take(self, chain, record, event):
        self.note_gap(chain, record, event)
        if event is None:
            return
        key, said = (chain.name, record.seq), columns_of(record.kind, event)
        self.rows[key] = sys.intern(record.kind), said
        if record.kind == "session-close":
            grand = event["figures"].get("grand", {})
            sums = (event["figures"].get("sales_ore", 0), grand.get("sales_ore", 0), grand.get("returns_ore", 0))
            self.reports[chain.name, event["z"]] = key, sums
        if record.kind in RECEIPTS:
            lines = [(line["amount_ore"], line.get("price_ore")) for line in event.get("lines", ())]
            self.receipts[record.hash] = key, tuple(lines)

    def name(self, key):
        return "%s post %d (%s)" % (*key, self.rows[key][0])

    def note_gap(self, chain, record, event):
        """Innehållet ska vara med från periodens första post till den sista. Utanför står bara huvuden, och bara en
        klocka som ställts om gör att sådana ligger mellan andra."""
        if event is None and self.had == chain.name:
            if "a" in record.header["parts"]:
                self.bare.append((chain.name + " " + record.name, record.kind))
            return
        if self.bare and self.had == chain.name:
            if "clock" in (self.bare[0][1], record.kind):
                note("%s: %d poster utan innehåll, vid en klocka som ställdes om" % (chain.name, len(self.bare)))
            else:
                found_all("%s: innehållet saknas", [name for name, _ in self.bare])
        self.bare, self.had = [], None if event is None else chain.name

    def check(self, folder):
        for name, rows in ((TABLE, table_rows), (BOOK, book_rows)):
            try:
                self.check_rows(name, rows(os.path.join(folder, *name.split("/"))))
            except UNREADABLE:
                found("%s går inte att läsa" % name)
        try:
            self.check_xml(os.path.join(folder, *XML.split("/")))
        except UNREADABLE:
            found("%s går inte att läsa" % XML)
        for till, z in self.reports:
            if not os.path.exists(os.path.join(folder, "rapporter", "z-%s-%05d.pdf" % (till, z))):
                found("Z %d för kassa %s saknas bland rapporterna" % (z, till))

    def check_rows(self, file, rows):
        left, extra = dict(self.rows), []
        for row in rows:
            key = row["Kassa"], int(row["Post"])
            if key not in left:
                extra.append("%s post %d" % key)
                continue
            for head, signed in zip(HEADS, left.pop(key)[1]):
                written = row.get(head, "").lstrip("'")
                if (in_ore(written) if head in AMOUNTS else written) != signed:
                    wanted = kronor(signed) if head in AMOUNTS else signed or "tomt"
                    said = (file, self.name(key), head, written or "tomt", wanted)
                    found("%s, %s: %s är %s, men posten säger %s" % said)
        found_all(file + ": raden %s har ingen post här, eller står två gånger", extra)
        found_all(file + ": raden för %s saknas", list(map(self.name, left)))

    def check_xml(self, place):
        left, reports, extra = dict(self.receipts), dict(self.reports), []
        if not os.path.exists(place) and not left and not reports:
            return
        for paper in xml_papers(place):
            if paper.what == "ZDagrapport":
                self.check_report(paper, reports)
                continue
            number = paper("LopnummerForKassakvitto")
            if paper.post() not in left:
                extra.append(number)
                continue
            key, lines = left.pop(paper.post())
            said = dict(zip(HEADS, self.rows[key][1]))
            signed = (said["Kvitto"], said["Tid"], said["Belopp"], said["Moms"])
            means = {how: said[how] for how in TENDERS.values() if said[how]}
            if signed != paper.receipt() or means != paper.payments() or not paper.has(said["Artiklar"], lines):
                found("%s: kvitto %s är inte som %s" % (XML, number, self.name(key)))
        found_all(XML + ": kvitto %s har ingen post här, eller står två gånger", extra)
        found_all(XML + ": kvittot som är %s saknas", [self.name(key) for key, _ in left.values()])
        found_all(XML + ": Z-rapporten som är %s saknas", [self.name(key) for key, _ in reports.values()])

    def check_report(self, paper, reports):
        till, z = paper("Kassabeteckning"), int(paper("LopnummerForZDagrapport"))
        if (till, z) not in reports:
            found("%s: Z %d har ingen post här, eller står två gånger" % (XML, z))
            return
        key, sums = reports.pop((till, z))
        if tuple(map(paper.ore, ("TotalForsaljningssumma", "GrandTotalForsaljning", "GrandTotalRetur"))) != sums:
            found("%s: summorna på Z %d är inte de på %s" % (XML, z, self.name(key)))


UNREADABLE = (OSError, ValueError, KeyError, TypeError, csv.Error, zipfile.BadZipFile, ElementTree.ParseError)


def table_rows(place):
    """Varje rad i tabellen, med rubrikerna som nycklar."""
    with open(place, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=";", restval="")


def book_rows(place):
    """Varje rad i kalkylbladet, skriven som i tabellen."""
    with zipfile.ZipFile(place) as book:
        sheets = [name for name in book.namelist() if re.match(r"xl/worksheets/sheet\d+\.xml$", name)]
        for name in sorted(sheets, key=lambda one: int(re.sub(r"\D", "", one))):
            heads = None
            with book.open(name) as file:
                for _, row in ElementTree.iterparse(file):  # noqa: S314 - the parser has its own limits
                    if row.tag.endswith("}row"):
                        cells = dict(cell_of(cell) for cell in row)
                        if heads is not None:
                            yield {heads[place]: as_written(heads[place], cell) for place, cell in cells.items()}
                        heads = heads or cells
                        row.clear()


def cell_of(cell):
    """Vilken kolumn en ruta står i, och dess text eller tal."""
    place = re.sub(r"\d", "", cell.get("r"))
    text = "".join(cell.itertext())
    return place, text if cell.get("t") == "inlineStr" else float(text)


def as_written(head, cell):
    """En ruta i kalkylbladet som den står i tabellen."""
    if isinstance(cell, str):
        return cell
    return kronor(round(cell * 100)) if head in AMOUNTS else str(int(cell))


def xml_papers(place):
    """Varje kvitto, returkvitto och Z-rapport i XML-filen."""
    for _, event in ElementTree.iterparse(place):  # noqa: S314 - the parser has its own limits
        if event.tag.endswith("}Handelse"):
            for paper in map(Paper, event):
                if paper.what in ("Kassakvitto", "Returkvitto", "ZDagrapport"):
                    yield paper
            event.clear()


class Paper:
    """Ett papper i XML-filen; anropat med ett namn ger det vad som står där."""

    def __init__(self, element):
        space, _, self.what = element.tag.rpartition("}")
        self.space, self.element = space + "}", element

    def __call__(self, name):
        return self.element.findtext(self.space + name, "")

    def ore(self, name):
        return in_ore(self(name))

    def each(self, name, *fields):
        for one in self.element.iter(self.space + name):
            yield [one.findtext(self.space + field, "") for field in fields]

    def receipt(self):
        what = "Returkvitto" if self.what == "Returkvitto" else "Kvitto"
        at = self("DatumOchKlockslagNar%sFramstalls" % what).replace("T", " ")
        total, vat = (
            self.ore("TotaltForsaljningsbeloppISvenskaKronor"),
            self.ore("MervardesskattPaForsaljningsbeloppet"),
        )
        return self("LopnummerForKassakvitto"), at, total, vat

    def payments(self):
        fields = ("Betalningsmedel", "ForsaljningssummaPerBetalningsmedel")
        means = self.each("TotalForsaljningssummaPerBetalningsmedel", *fields)
        return {how: in_ore(much) for how, much in means if in_ore(much)}

    def post(self):
        """Hash för den post som papperet är, ur det som står där kontrollkoden skulle stå."""
        return b64(self("Kontrollkod")[len("UNDANTAGEN-POST-") :])

    def has(self, articles, lines):
        rows = list(self.each("SaldArtikel", "Artikelnamn", "PrisPaSaldArtikel", "PrisPerEnhet"))
        if not articles:  # a conto: raden finns bara i XML-filen
            return True
        return (
            ", ".join(row[0] for row in rows) == articles
            and [in_ore(row[1]) for row in rows] == [amount for amount, _ in lines]
            and all(price in (None, in_ore(row[2])) for row, (_, price) in zip(rows, lines) if row[2])
        )


def check_files(folder, given):
    """Varje fils summa mot SHA256SUMS.txt, och att inget annat ligger i undermapparna."""
    with open(os.path.join(folder, "SHA256SUMS.txt"), "rb") as file:
        listed = file.read()
    digest = hashlib.sha256(listed).digest()
    say("      Summan av SHA256SUMS.txt: %s" % to_b64(digest))
    if given is None:
        say(
            "      Jämför den med posten om exporten, eller ange den med --summa: PDF-filerna och tabellerna i historik"
        )
        say("      är bara prövade mot den.")
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
    known = {line.partition("  ")[2] for line in lines}
    for within in ("bevis", "historik", "journal", "rapporter"):
        for name in sorted(os.listdir(os.path.join(folder, within))):
            if within + "/" + name not in known and not name.startswith(".") and name not in SHOWN_BY_WINDOWS:
                found("filen %s/%s hör inte till mappen: den står inte i SHA256SUMS.txt" % (within, name))
    return len(lines)


SHOWN_BY_WINDOWS = ("Thumbs.db", "desktop.ini")


def check(folder, options):
    say("1  Filernas summor")
    say("      %d filer" % check_files(folder, options.summa))
    say("2  Regionens nycklar och prislistor")
    keys, configurations = check_region(folder, options.rotnyckel)
    say("3  Poster: ordning, hash, innehåll, och summorna på varje Z")
    sums, tables = Sums(configurations), Tables()

    def take(chain, record):
        event = record.content("a")
        sums.take(chain, record, event)
        tables.take(chain, record, event)

    chains = read_till(folder, options.snabbt, take)
    say("      %d poster, %d Z-rapporter omräknade" % (sum(len(chain.hashes) for chain in chains), sums.checked))
    say("4  Tabellen, kalkylbladet, XML-filen och Z-rapporterna mot posterna")
    tables.check(folder)
    say("      %d rader, %d kvitton" % (len(tables.rows), len(tables.receipts)))
    say("5  Regionens bevis")
    proved = check_proofs(folder, chains, keys)
    for n, chain in enumerate(chains, 1):
        say("      %s: regionen har bevisat %d av %d poster" % (chain.name, proved.get(n, 0), len(chain.hashes)))
        if n not in proved:
            note(
                "%s: inget av regionens bevis gäller kassans nyckel. Vem som helst kan ha gjort den och signerat. "
                "Fråga regionen vad den har." % chain.name
            )
    signed = [one for chain in chains for one in chain.signed]
    say("6  Signaturer: %d%s" % (len(signed), ", bara de sista (--snabbt)" if options.snabbt else ""))
    check_signatures(signed)
    if options.kvitto:
        say("7  Kvitton")
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
    except Unreadable as error:
        say("GÅR INTE ATT LÄSA: %s." % error)
        return 1 if FIND else 2
    except OSError as error:
        say("GÅR INTE ATT LÄSA: filen eller mappen %s går inte att öppna." % error.filename)
        return 1 if FIND else 2
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, StopIteration) as error:
        say("GÅR INTE ATT LÄSA: en av filerna i bevis är inte skriven som den ska (%s)." % type(error).__name__)
        return 1 if FIND else 2
    said = "%d FEL." % len(FIND) if FIND else "ALLT STÄMMER."
    say(said + (" %d OBS, se ovan." % len(NOTES) if NOTES else ""))
    return 1 if FIND else 0


if __name__ == "__main__":
    sys.exit(main())
