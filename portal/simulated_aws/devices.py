"""MFA devices: made, given to a user once two of their codes were shown, and asked for a code since."""

from datetime import datetime

from moto.iam.models import IAMBackend, User, VirtualMfaDevice

from portal.simulated_aws import clock, totp
from portal.simulated_aws.errors import AccessDenied, InvalidAuthenticationCode, NoSuchEntity
from portal.simulated_aws.world import MfaDevice


class Devices(IAMBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        # Of hardware tokens, by their serial numbers: AWS knows them from the manufacturer.
        self.token_seeds: dict[str, str] = {}

    def enable_mfa_device(
        self, user_name: str, serial_number: str, authentication_code_1: str, authentication_code_2: str
    ) -> None:
        seed = self._seed(serial_number)
        if seed is None:
            raise NoSuchEntity(f"VirtualMFADevice with serial number {serial_number} doesn't exist.")
        if not totp.are_consecutive(seed, authentication_code_1, authentication_code_2, at=clock.now()):
            raise InvalidAuthenticationCode
        super().enable_mfa_device(self.get_user(user_name).name, serial_number, authentication_code_1, authentication_code_2)

    def give_device(self, user: User, declared: MfaDevice) -> None:
        """Give a user of a declared world a device whose seed is known."""
        if declared.serial is not None:
            self.token_seeds[declared.serial] = declared.seed
            super().enable_mfa_device(user.name, declared.serial, "", "")
            return
        device = self.create_virtual_mfa_device(declared.name, "/")
        device.base32_string_seed = declared.seed
        super().enable_mfa_device(user.name, device.serial_number, "", "")

    def check_code(self, user: User, *, serial: str, given: str, at: datetime) -> None:
        """Raise AccessDenied, as STS words it, unless the device is this user's and shows the code."""
        seed = self._seed(serial)
        if seed is None or serial not in user.mfa_devices:
            raise AccessDenied(
                "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid."
            )
        if not totp.is_code(seed, given, at=at):
            raise AccessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code.")

    def _seed(self, serial: str) -> str | None:
        device: VirtualMfaDevice | None = self.virtual_mfa_devices.get(serial)
        return device.base32_string_seed if device is not None else self.token_seeds.get(serial)
