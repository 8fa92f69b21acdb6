"""What may be done about people: sign in and out, hand over, stand in, enrol, load the directory."""

from janaseva.people.actions.arranging import confirm_arrangement, propose_arrangement, withdraw_arrangement
from janaseva.people.actions.charges import end_stand_in, hand_over_charge, stand_in
from janaseva.people.actions.codes import CodeAsked, Confirmed, confirm_code, request_code
from janaseva.people.actions.directory import LoadedDirectory, load_directory
from janaseva.people.actions.enrolment import close_officer, enrol_demonstration, enrol_officer
from janaseva.people.actions.officers import PasswordChecked, check_password, confirm_totp
from janaseva.people.actions.opening import OfficerSignIn
from janaseva.people.actions.passkeys import (
    PasskeyOptions,
    begin_passkey_registration,
    begin_passkey_sign_in,
    confirm_passkey,
    register_passkey,
    remove_passkey,
)
from janaseva.people.actions.passwords import PasswordChanged, change_password
from janaseva.people.actions.sealing import reseal_seeds
from janaseva.people.actions.searching import spend_search
from janaseva.people.actions.sessions import choose_charge, keep_session, set_language, sign_out, sign_out_everywhere
from janaseva.people.actions.sweeping import sweep_stale

__all__ = [
    "CodeAsked",
    "Confirmed",
    "LoadedDirectory",
    "OfficerSignIn",
    "PasskeyOptions",
    "PasswordChanged",
    "PasswordChecked",
    "begin_passkey_registration",
    "begin_passkey_sign_in",
    "change_password",
    "check_password",
    "choose_charge",
    "close_officer",
    "confirm_arrangement",
    "confirm_code",
    "confirm_passkey",
    "confirm_totp",
    "end_stand_in",
    "enrol_demonstration",
    "enrol_officer",
    "hand_over_charge",
    "keep_session",
    "load_directory",
    "propose_arrangement",
    "register_passkey",
    "remove_passkey",
    "request_code",
    "reseal_seeds",
    "set_language",
    "sign_out",
    "sign_out_everywhere",
    "spend_search",
    "stand_in",
    "sweep_stale",
    "withdraw_arrangement",
]
