"""Thinking about what is written: what may come in, what a document says, and whether it is genuine."""

from janaseva.documents.rules.issuing import (
    SHIPPED,
    Composed,
    Issued,
    compose,
    facts_document,
    facts_hash,
    is_letter,
    qr_claims,
    value_words,
)
from janaseva.documents.rules.keys import KeyRing, PublicKey, key_id_of
from janaseva.documents.rules.logged import log_check
from janaseva.documents.rules.permissions import (
    REVOCATION_REASONS,
    may_attach,
    may_issue,
    may_manage_keys,
    may_revoke,
    may_revoke_of,
    may_seal,
)
from janaseva.documents.rules.qr import PREFIX, Claims, read_qr, write_qr
from janaseva.documents.rules.receiving import MAX_BYTES, Received, receive, tidy_filename
from janaseva.documents.rules.sealed_file import SealedFile, read_sealed_file
from janaseva.documents.rules.verdict import (
    GENUINE,
    OUTCOMES,
    Check,
    Record,
    Verdict,
    as_printed,
    compare_file,
    compare_number,
    compare_qr,
    judge_file_alone,
    judge_qr_alone,
)

__all__ = [
    "GENUINE",
    "MAX_BYTES",
    "OUTCOMES",
    "PREFIX",
    "REVOCATION_REASONS",
    "SHIPPED",
    "Check",
    "Claims",
    "Composed",
    "Issued",
    "KeyRing",
    "PublicKey",
    "Received",
    "Record",
    "SealedFile",
    "Verdict",
    "as_printed",
    "compare_file",
    "compare_number",
    "compare_qr",
    "compose",
    "facts_document",
    "facts_hash",
    "is_letter",
    "judge_file_alone",
    "judge_qr_alone",
    "key_id_of",
    "log_check",
    "may_attach",
    "may_issue",
    "may_manage_keys",
    "may_revoke",
    "may_revoke_of",
    "may_seal",
    "qr_claims",
    "read_qr",
    "read_sealed_file",
    "receive",
    "tidy_filename",
    "value_words",
    "write_qr",
]
