"""What people fill in to sign in at GitHub, and what they are told of it."""

from integrations.tracker import Setting, SignIn

TOKEN = Setting(
    "token",
    "Personal access token",
    "Fine-grained: access to the repositories, with Issues and Pull requests: Read-only, Webhooks:"
    " Read and write to have them set up, and the organization permission Projects: Read-only."
    " Classic: the scopes repo, read:org and read:project.",
    secret=True,
    required=True,
    way="token",
)

APP = (
    Setting(
        "owner",
        "Organization",
        "Where the app is made and installed, such as acme; your own account when left empty.",
        way="consent",
    ),
    Setting(
        "auth_server",
        "GitHub Enterprise Server",
        "Its address, such as https://github.example.com; github.com when left empty.",
        way="consent",
    ),
    Setting("client_id", "App ID", "Of an app that is there already.", way="consent"),
    Setting(
        "client_secret",
        "Private key",
        "All of the .pem file that the app's settings give out under Private keys.",
        secret=True,
        way="consent",
        input="lines",
    ),
    Setting(
        "installation",
        "Installation id",
        "Found by the organization when left empty.",
        way="consent",
    ),
)

SIGN_IN = SignIn(
    how="with a GitHub App",
    summary="Made for you at GitHub, where you agree twice: to create it and to install it.",
    lead=(
        "Worklift proposes an app to GitHub, you create it there, and install it for the"
        " repositories it may read. Its key stays here, sealed. You come back to {redirect}"
    ),
    writing="It stays off until it is allowed for this connection. The app then asks for Issues and"
    " Checks: Read and write.",
)
