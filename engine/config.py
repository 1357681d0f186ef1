"""Every setting of the office, each with its unit and help; the sole reader of the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.errors import BadInputError


class Settings(BaseSettings):
    """What an installation may choose, read from `MOTCUA_*` variables."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", frozen=True)

    database_url: str = Field(
        default="sqlite:///var/motcua.db",
        description="where the office keeps its books: sqlite:///PATH or postgresql+psycopg://…",
    )
    anchor_file: Path = Field(
        default=Path("var/journal.anchor"),
        description="file outside the database that keeps the journal's batch roots (R70)",
    )
    procedures_root: Path = Field(
        default=Path(__file__).resolve().parent.parent / "bpmn",
        description="folder with procedures/ and agencies.yaml",
    )
    lock_wait_seconds: float = Field(
        default=5.0, gt=0, le=60, description="how long a write waits for another one, in seconds"
    )
    courier_intranet: str = Field(
        default="",
        description="networks of partners that are not on the public internet, such as"
        " 10.20.0.0/16,192.168.7.5; only these may be reached without https",
    )
    courier_certificates: Path | None = Field(
        default=None,
        description="file with certificate authorities of such partners, beside the machine's own",
    )

    page_journal_rows: int = Field(
        default=300_000,
        ge=1_000,
        description="journal rows a page reads at most, ten a case, for what is not among the kept"
        " sums; beyond it the page says so, and `motcua report` answers",
    )
    backup_hours: float = Field(
        default=26.0,
        gt=0,
        le=8784,
        description="how old the newest backup may be before administrators are told, in hours",
    )
    calendar_promises: Literal["keep", "recount"] = Field(
        default="keep",
        description="what a change of the calendar does to dates already promised: keep (they "
        "only come earlier, or leave a day that is now off) or recount (earlier or later)",
    )
    scheduler_lease_seconds: float = Field(
        default=30.0,
        ge=1,
        le=600,
        description="how long a scheduler may hold a due timer before another takes it, in seconds",
    )
    training_speed: float = Field(
        default=0.0,
        ge=0,
        le=100_000,
        description="training office: office seconds a real second while a scheduler runs; 0: the "
        "clock moves by commands only",
    )
    forecast_hours: float = Field(
        default=4.0,
        ge=0,
        le=240,
        description="how old the forecast of late cases may become before the scheduler makes a "
        "new one, in hours; 0: it makes none",
    )
    rehearsal_seconds: float = Field(
        default=600.0,
        ge=10,
        le=86_400,
        description="how long one rehearsal asked for on the pages may take, in seconds",
    )
    smtp_host: str = Field(
        default="", description="mail server (SMTP); empty: e-mails wait in the books"
    )
    smtp_port: int = Field(default=25, ge=1, le=65_535, description="port of the mail server")
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="none", description="how the mail server is spoken to: none, starttls or tls"
    )
    smtp_user: str = Field(default="", description="name at the mail server; empty: no sign-in")
    smtp_password: SecretStr = Field(
        default=SecretStr(""), description="password at the mail server"
    )
    smtp_from: str = Field(
        default="motcua@localhost", description="address the office's e-mails come from"
    )
    smtp_timeout_seconds: float = Field(
        default=20.0, gt=0, le=120, description="how long one e-mail may take, in seconds"
    )

    secret_file: Path = Field(
        default=Path("var/desk.key"),
        description="key that signs the desk's cookies and the QR codes on receipts; made when "
        "missing, to be kept with the backups",
    )
    letter_templates: Path | None = Field(
        default=None,
        description="folder with the office's own Word templates of letters, such as XIN_LOI.docx; "
        "'motcua letter-templates FOLDER' writes those of this program to begin with",
    )
    attachments_folder: Path = Field(
        default=Path("var/attachments"),
        description="folder outside the database for files of cases, by the hash of their content",
    )
    attachment_most_bytes: int = Field(
        default=20_000_000,
        ge=1_000,
        le=200_000_000,
        description="largest file that may be attached to a case, in bytes",
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        description="address under which people reach the desk, printed in QR codes",
    )
    bind: str = Field(default="127.0.0.1:8000", description="address and port the desk listens on")
    desk_workers: int = Field(default=1, ge=1, le=32, description="processes of the desk")
    desk_threads: int = Field(default=4, ge=1, le=64, description="threads of each desk process")
    session_hours: float = Field(
        default=10.0, gt=0, le=72, description="how long a sign-in lasts, in hours"
    )
    password_sign_in: bool = Field(
        default=True,
        description="whether officers sign in with a password of the office; false leaves only "
        "the identity provider",
    )
    oidc_issuer: str = Field(
        default="",
        description="address of an OpenID Connect provider, such as "
        "https://dangnhap.tinh.gov.vn/realms/tinh; empty: none",
    )
    oidc_client_id: str = Field(
        default="", description="the name under which the provider knows this desk"
    )
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="secret of the desk at the provider; empty: PKCE alone"
    )
    oidc_scope: str = Field(
        default="openid profile email", description="what is asked of the provider"
    )
    oidc_claim: str = Field(
        default="preferred_username",
        description="the token's value that names the officer; one that people cannot change "
        "at the provider by themselves",
    )
    oidc_matches: Literal["code", "email"] = Field(
        default="code", description="what that value is here: an officer's code or his e-mail"
    )
    oidc_name: str = Field(
        default="tài khoản công vụ", description="what the sign-in button calls the provider"
    )
    oidc_certificates: Path | None = Field(
        default=None,
        description="file with certificate authorities of the provider, instead of the public ones",
    )
    secure_cookies: bool = Field(
        default=False, description="cookies and HSTS for https only; true behind a TLS proxy"
    )

    @classmethod
    def from_env(cls) -> Settings:
        """Read the environment.

        Raises:
            BadInputError: a variable holds a value of the wrong kind.
        """
        try:
            return cls()
        except ValidationError as cause:
            first = cause.errors()[0]
            name = "MOTCUA_" + str(first["loc"][0]).upper()
            raise BadInputError(
                f"Expected a usable value in {name}, but {first['msg']}", setting=name
            ) from cause
