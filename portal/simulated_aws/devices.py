"""MFA devices: made, given to a user once two of their codes were shown, and asked for a code since."""

from datetime import datetime

from moto.iam.models import IAMBackend, MFADevice, User, VirtualMfaDevice

from portal.simulated_aws import clock, totp
from portal.simulated_aws.errors import AccessDenied, InvalidAuthenticationCode, NoSuchEntity


class Devices(IAMBackend):
    def enable_mfa_device(
        self, user_name: str, serial_number: str, authentication_code_1: str, authentication_code_2: str
    ) -> None:
        device = self.virtual_mfa_devices.get(serial_number)
        if device is None:
            raise NoSuchEntity(f"VirtualMFADevice with serial number {serial_number} doesn't exist.")
        if not totp.are_consecutive(device.base32_string_seed, authentication_code_1, authentication_code_2, at=clock.now()):
            raise InvalidAuthenticationCode
        super().enable_mfa_device(self.get_user(user_name).name, serial_number, authentication_code_1, authentication_code_2)

    def give_device(self, user: User, *, name: str, seed: str) -> None:
        """Give a user of a declared world a device whose seed is known."""
        device = self.create_virtual_mfa_device(name, "/")
        device.base32_string_seed = seed
        super().enable_mfa_device(user.name, device.serial_number, "", "")

    def check_code(self, user: User, *, serial: str, given: str, at: datetime) -> None:
        """Raise AccessDenied, as STS words it, unless the device is this user's and shows the code."""
        device: VirtualMfaDevice | None = self.virtual_mfa_devices.get(serial)
        owned: MFADevice | None = user.mfa_devices.get(serial)
        if device is None or owned is None:
            raise AccessDenied(
                "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid."
            )
        if not totp.is_code(device.base32_string_seed, given, at=at):
            raise AccessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code.")
