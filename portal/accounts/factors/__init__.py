"""Second factors: one-time codes, passkeys and recovery codes. allauth keeps their secrets, sealed here; all else is ours."""
