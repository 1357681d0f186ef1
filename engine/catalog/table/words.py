"""What the words of a table stand for: kinds of steps, roles of units, forms of steps.

All lists are without marks and in lower case; see `engine.catalog.linter.words.folded`.
"""

from __future__ import annotations

from typing import Final

from engine.catalog.extension import StepKind
from engine.catalog.linter.words import ONE_STOP_WORDS, folded, speaks_of

ONE_STOP: Final = "mot_cua"
LEADER: Final = "lanh_dao"
SPECIALIST: Final = "chuyen_vien"
PARTNER: Final = "don_vi_phoi_hop"

KIND_WORDS: Final[tuple[tuple[StepKind, tuple[str, ...]], ...]] = (
    (StepKind.RECEIVE, ("tiep nhan", "nhan ho so")),
    (StepKind.RETURN, ("tra ket qua", "giao tra", "trao giay", "trao ket qua", "tra giay")),
    (StepKind.SEAL, ("vao so", "dong dau", "lay so", "ban hanh", "phat hanh")),
    (StepKind.SIGN, ("ky", "duyet", "phe duyet", "quyet dinh")),
    (StepKind.ASSIGN, ("phan cong", "giao viec", "phan xu ly", "but phe")),
    (StepKind.CONSULT, ("lay y kien", "hoi y kien", "xin y kien", "cho y kien")),
    (StepKind.DRAFT, ("du thao", "soan thao", "soan", "lap du thao")),
    (
        StepKind.EXAMINE,
        ("tham dinh", "tham tra", "kiem tra", "doi chieu", "xac minh", "tra cuu", "xem xet"),
    ),
    (StepKind.PAY, ("thu phi", "thu le phi", "nop phi")),
    (StepKind.OTHER, ("trinh", "chuyen", "gui", "cap nhat", "luu", "thong bao", "niem yet")),
)
"""The kind whose word comes first in a row's content is the step's kind."""

ROLE_WORDS: Final = (
    ("van_thu", ("van thu",)),
    (
        "lanh_dao_ubnd",
        (
            "chu tich ubnd tinh",
            "chu tich ubnd thanh pho",
            "chu tich uy ban nhan dan tinh",
            "chu tich uy ban nhan dan thanh pho",
            "pho chu tich ubnd tinh",
            "pho chu tich ubnd thanh pho",
            "ubnd tinh",
            "ubnd thanh pho",
            "uy ban nhan dan tinh",
            "uy ban nhan dan thanh pho",
        ),
    ),
    ("van_phong_ubnd", ("van phong ubnd", "van phong uy ban", "van phong hdnd")),
    (
        "truong_phong",
        ("truong phong", "pho truong phong", "truong ban", "truong bo phan", "lanh dao phong"),
    ),
    (
        LEADER,
        (
            "lanh dao",
            "chu tich",
            "pho chu tich",
            "giam doc",
            "pho giam doc",
            "chi cuc truong",
            "thu truong",
            "nguoi co tham quyen",
            "ubnd",
            "uy ban nhan dan",
        ),
    ),
    ("doan_kiem_tra", ("doan kiem tra", "doan tham dinh", "doan cong tac")),
    (
        PARTNER,
        (
            "cong an",
            "toa an",
            "vien kiem sat",
            "thue",
            "co quan thue",
            "chi cuc thue",
            "kho bac",
            "bao hiem",
            "co quan duoc hoi",
            "co quan lien quan",
            "co quan phoi hop",
            "don vi phoi hop",
            "don vi lien quan",
        ),
    ),
    (
        SPECIALIST,
        (
            "chuyen vien",
            "cong chuc",
            "can bo",
            "vien chuc",
            "phong",
            "chi nhanh",
            "van phong dang ky",
            "bo phan chuyen mon",
            "to chuyen mon",
        ),
    ),
)
"""The first role with a phrase that the unit's name begins with is the unit's role."""

_ONE_STOP_SHORT: Final = frozenset({"trung tam", "bo phan tiep nhan", "bo phan tra ket qua"})

PARALLEL_WORDS: Final = ("song song", "dong thoi")
SILENCE_WORDS: Final = ("im lang la dong y", "im lang duoc coi la dong y")
TAX_WORDS: Final = ("co quan thue", "chi cuc thue")
OBLIGATION_WORDS: Final = ("nghia vu tai chinh",)

FORM_OF_KIND: Final = {
    StepKind.RECEIVE: "tiep_nhan",
    StepKind.ASSIGN: "phan_cong",
    StepKind.EXAMINE: "kiem_tra",
    StepKind.CONSULT: "lay_y_kien",
    StepKind.DRAFT: "du_thao",
    StepKind.SIGN: "ky",
    StepKind.SEAL: "dong_dau",
    StepKind.RETURN: "tra_ket_qua",
    StepKind.SUPPLEMENT: "phieu_bo_sung",
    StepKind.REFUSE: "tu_choi",
    StepKind.APOLOGISE: "xin_loi",
    StepKind.PAY: "thu_phi",
    StepKind.OTHER: "xu_ly",
}
"""The form of a step by its kind; the step that the gateway follows has DECIDING_FORM."""
DECIDING_FORM: Final = "tham_dinh"


def kind_of_content(content: str) -> StepKind | None:
    """The kind of step a row's content speaks of; None when no word is known."""
    padded = f" {folded(content)} ".replace(" dang ky ", " ")  # registering is no signing
    best: tuple[int, int, StepKind] | None = None
    for kind, words in KIND_WORDS:
        for word in words:
            at = padded.find(f" {word} ")
            # Of words that begin alike the longer one says more.
            if at >= 0 and (best is None or (at, -len(word)) < best[:2]):
                best = (at, -len(word), kind)
    return best[2] if best else None


def role_of_unit(unit: str) -> str | None:
    """The role of a printed unit, judged by its first party; None when it is not known."""
    first = parties(unit)[0]
    bare = folded(first)
    if speaks_of(first, ONE_STOP_WORDS) or bare in _ONE_STOP_SHORT:
        return ONE_STOP
    return next(
        (
            role
            for role, beginnings in ROLE_WORDS
            if any(f"{bare} ".startswith(f"{each} ") for each in beginnings)
        ),
        None,
    )


def parties(unit: str) -> tuple[str, ...]:
    """The parties of a printed unit: "Công an tỉnh; Tòa án" are two."""
    found = tuple(part.strip() for part in unit.split(";") if part.strip())
    return found or (unit.strip(),)


def works_in_parallel(content: str) -> bool:
    """Whether a row says that its parties work at the same time (song song)."""
    return speaks_of(content, PARALLEL_WORDS)


def silence_is_consent(content: str) -> bool:
    """Whether a row says that no answer is consent. Legal: R23"""
    return speaks_of(content, SILENCE_WORDS)
