"""Every setting of the service, read once from the environment.

What it is for: one frozen value that says how the service runs. A wrong value stops the start with the
name of its variable. There is no default for a secret.
What it must not know: Flask, the database, any feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from phonenumbers import SUPPORTED_REGIONS
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticUndefined

from store_api.contract.voucher_codes import gs1_check_digit
from store_api.keys import KeyRing
from store_api.permissions import read_permissions

PREFIX = "SAMETERMS_"


class BadSetting(Exception):
    """A setting is missing or wrong; the message names the variable and never repeats a secret."""


class Settings(BaseModel):
    """How the service runs. Each field is the variable SAMETERMS_ and its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    database_url: str = Field(
        default="sqlite:///.var/sameterms.db",
        pattern=r"^(sqlite:///|postgresql\+psycopg://).",
        description="Where the data is: sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME.",
    )
    keys: KeyRing = Field(
        description="Secrets that hash codes, telephone numbers and PINs, newest first: id:base64,id:base64.",
        json_schema_extra={"secret": True},
    )
    node_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,8}$")] = Field(
        default="n1", description="Name of this installation; every identifier and log entry carries it."
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        pattern=r"^https?://[^\s/]+(/[^\s]*)?$",
        description="Address that QR codes carry; the page of a terms code is below it.",
    )
    telephone_region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(
        default="US", description="Country (ISO 3166) of telephone numbers without a country code."
    )
    host: str = Field(default="127.0.0.1", description="Address on which `serve` listens.")
    port: int = Field(default=8001, ge=1, le=65535, description="Port on which `serve` listens.")
    workers: int = Field(
        default=1, ge=1, le=64, description="Processes of `serve`; more than one pays off on PostgreSQL only."
    )
    threads: int = Field(default=16, ge=2, le=256, description="Threads of a process that answer requests.")
    event_streams: int = Field(
        default=32, ge=1, le=1024, description="Event streams that one process holds open, a thread each."
    )
    coupon_number: Annotated[str, StringConstraints(pattern=r"^([0-9]{12,13})?$")] = Field(
        default="",
        description="Own GS1 Global Coupon Number, by which vouchers are read: company prefix and coupon "
        "reference, 12 digits, or 13 with their check digit; none if empty.",
    )
    voucher_symbol: Literal["code", "gs1", "digital_link"] = Field(
        default="code",
        description="What the QR code of a new voucher carries: its code alone, GS1 element strings, or a "
        "GS1 Digital Link.",
    )
    digital_link_address: str = Field(
        default="",
        pattern=r"^(https://[^\s/?#]+(/[^\s?#]*)?)?$",
        description="Address before /255 in those links, https; SAMETERMS_PUBLIC_URL if empty.",
    )
    hold_minutes: int = Field(default=15, ge=1, le=240, description="Minutes that a hold lasts.")
    staff_session_hours: int = Field(default=10, ge=1, le=24, description="Hours that a staff session lasts.")
    lockout_minutes: int = Field(
        default=60,
        ge=1,
        le=1440,
        description="Minutes that a method stays closed after wrong tries.",
    )
    wrong_pins: int = Field(default=10, ge=3, le=10, description="Wrong PINs in a row that close the method.")
    wrong_pins_of_device: int = Field(
        default=30,
        ge=5,
        le=1000,
        description="Wrong PINs, or one-time codes, of one device in an hour that close the method there.",
    )
    wrong_pins_of_fleet: int = Field(
        default=2000,
        ge=50,
        le=1_000_000,
        description="The same of all devices together that close the method everywhere.",
    )
    wrong_codes: int = Field(
        default=30, ge=5, le=1000, description="Unknown voucher codes of one device in an hour that close it."
    )
    catalogue_files: tuple[Path, ...] = Field(
        default=(),
        description="A carrier's own fact catalogues besides the shipped one; separated by commas.",
    )
    lock_wait_seconds: float = Field(
        default=10.0,
        gt=0,
        le=120,
        description="Seconds that a write waits for its turn before a 503.",
    )
    rival_wait_seconds: float = Field(
        default=1.0, ge=0, le=30, description="Seconds that a repeated key waits for the first before 409."
    )
    caller_seconds: float = Field(
        default=5.0,
        ge=0,
        le=30,
        description="Seconds for which a process remembers whose a token is; a revocation in another process "
        "holds after them.",
    )
    statement_seconds: float = Field(
        default=10.0, gt=0, le=300, description="Seconds after which PostgreSQL ends a statement."
    )
    pool_size: int = Field(default=16, ge=1, le=256, description="Connections that a process keeps open.")
    webhook_senders: int = Field(
        default=4,
        ge=0,
        le=32,
        description="Webhooks that a process sends at once, with credits for billing; 0: it sends none.",
    )
    webhook_seconds: float = Field(
        default=15.0,
        gt=0,
        le=60,
        description="Seconds after which a webhook or a request to billing has failed without an answer.",
    )
    webhook_private_addresses: bool = Field(
        default=False,
        description="Whether webhooks may go to private addresses, and to this machine without https.",
    )
    billing: str = Field(
        default="",
        pattern=r"^(|file:.+|https?://[^\s/]+(/[^\s]*)?)$",
        description="Where used credits are posted: file:PATH or an http address; empty: nowhere.",
    )
    billing_token: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer token for the address of billing.",
        json_schema_extra={"secret": True},
    )
    directory: str = Field(
        default="",
        pattern=r"^(|https?://[^\s/]+(/[^\s]*)?)$",
        description="Address of the carrier's accounts, lines and persons (docs/directory.md); empty: the "
        "service's own tables.",
    )
    directory_token: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer token for the address of the directory.",
        json_schema_extra={"secret": True},
    )
    directory_seconds: float = Field(
        default=3.0, gt=0, le=20, description="Seconds for everything that is asked of it at once."
    )
    directory_fresh_seconds: int = Field(
        default=60,
        ge=1,
        le=3600,
        description="Seconds for which its answer is taken as of now; an older one is told with its time.",
    )
    directory_keep_minutes: int = Field(
        default=720,
        ge=1,
        le=10080,
        description="Minutes for which its answer may still be used while it cannot be asked.",
    )
    overrides_of_case: int = Field(
        default=2, ge=1, le=100, description="Exceptions that may be approved for one account in a day."
    )
    overrides_of_approver: int = Field(
        default=20, ge=1, le=1000, description="Exceptions that one person may approve in a day."
    )
    override_amount_of_approver: int = Field(
        default=1000,
        ge=1,
        le=1_000_000,
        description="The most that they may release by that in a day, in whole units of a currency.",
    )
    permissions: str = Field(
        default="",
        description="What roles may not do here, such as rep:term.waive=never; separated by commas "
        "(docs/overrides.md).",
    )
    minute_cost: str = Field(
        default="0.60 USD",
        pattern=r"^[0-9]{1,6}(\.[0-9]{1,4})? [A-Z]{3}$",
        description="What a minute of a customer and a rep is worth, for the figure of misquoted terms.",
    )
    messages: str = Field(
        default="",
        pattern=r"^(|console|https?://[^\s/]+(/[^\s]*)?)$",
        description="How one-time codes reach a line: console (for trying out) or an http address; "
        "empty: there are none.",
    )
    messages_token: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer token for the address of messages.",
        json_schema_extra={"secret": True},
    )
    log_level: str = Field(
        default="info",
        pattern="^(debug|info|warning|error)$",
        description="Least level of the service's log.",
    )

    @field_validator("keys", mode="before")
    @classmethod
    def _read_keys(cls, value: Any) -> Any:
        return KeyRing.parse(value) if isinstance(value, str) else value

    @field_validator("telephone_region")
    @classmethod
    def _know_region(cls, value: str) -> str:
        if value not in SUPPORTED_REGIONS:
            raise ValueError("no country with telephone numbers has this code")
        return value

    @field_validator("coupon_number")
    @classmethod
    def _check_coupon(cls, value: str) -> str:
        if not value:
            return value
        whole = value[:12] + gs1_check_digit(value[:12])
        if value not in (value[:12], whole):
            raise ValueError("the last of the 13 digits is not their check digit")
        return whole

    @field_validator("voucher_symbol")
    @classmethod
    def _need_coupon(cls, value: str, given: ValidationInfo) -> str:
        if value != "code" and not given.data.get("coupon_number"):
            raise ValueError("it needs SAMETERMS_COUPON_NUMBER")
        return value

    @field_validator("permissions")
    @classmethod
    def _know_permissions(cls, value: str) -> str:
        read_permissions(value)
        return value

    @field_validator("catalogue_files", mode="before")
    @classmethod
    def _read_files(cls, value: Any) -> Any:
        return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from the environment's SAMETERMS_ variables. Raises BadSetting with the name."""
    given = {
        name: environment[PREFIX + name.upper()]
        for name in Settings.model_fields
        if PREFIX + name.upper() in environment
    }
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + str(fault["loc"][0]).upper()
        raise BadSetting(f"{name}: {fault['msg']}. See the table of settings in README.md.") from None


def setting_rows() -> list[tuple[str, str, str]]:
    """Every setting as (variable, default or "", help), in order, for the README's table."""
    return [(PREFIX + name.upper(), _default(field), field.description or "") for name, field in _fields()]


def _fields() -> list[tuple[str, Any]]:
    return list(Settings.model_fields.items())


def _default(field: Any) -> str:
    if field.default is PydanticUndefined:
        return "(none: must be set)"
    if isinstance(field.default, tuple):
        return ",".join(str(item) for item in field.default)
    return str(field.default)
