# Every sentence that a person reads, in English: the language that the others are translated from (Project Fluent,
# projectfluent.org). Plain words: what happened, and what to do next. Never "please", "sorry", "invalid", "oops".
#
# A message is one line, or a selection by number over the whole message. No terms, attributes or functions: the picker's
# reader is small (crates/messages says what it takes). Tests hold every locale to the ids and variables of this file.

## The form

# The form's heading and the page's title.
sign-in = Sign in
sign-in-lead = Find your organization to sign in with it.
# The field's label.
field = Work email or organization code
field-hint = For example ada@acme.com, acme.com, or a code such as acme
continue = Continue
looking-up = Looking up your organization…
still-looking = Still looking…
cancel = Cancel
loading = Loading…
# Above the field where organizations that were used before stand first.
use-another-organization = Use another organization
# A checkbox.
do-not-remember = Don’t remember my organization on this device
cannot-remember = Your browser does not let this page remember organizations on this device.
# $name: the organization that this tab is signed in to. A link.
back-to = You are signed in to { $name }
return-to-dropped = The link that brought you here wanted to send you on to an address that is not on our list. You can sign in, and will stay here afterwards.
third-party-unknown = The link that brought you here names a sign-in service that this page does not know, so we did not use what it says.
offline = You are offline. You can go on as soon as you are connected again.
# A question that opens its answer.
stuck-question = Stuck on a sign-in page?
stuck-answer = If your organization’s sign-in page shows an error or leads nowhere, come back to this page and start again from here. If it happens every time, tell your organization’s administrator or contact support.
# The accessible name of the choice of languages.
language = Language

## Organizations used before

# The accessible name of the list.
recents = Organizations you used on this device
# A button. $name: an organization.
continue-to = Continue to { $name }
edit = Edit
done = Done
# A button. $name: an organization.
forget = Forget { $name }
forget-all = Forget all
# Announced. $name: an organization.
forgotten = { $name } is forgotten.
forgotten-all = All organizations are forgotten.

## Several organizations

choose = Choose your organization
# The accessible name of the list.
your-organizations = Your organizations
# The label of a search field above a long list.
filter = Search organizations
# Announced while the list is filtered. $count: how many organizations are left in it.
found =
    { $count ->
        [one] { $count } organization
       *[other] { $count } organizations
    }
found-none = No organization in the list matches.
use-another = Use another email or code

## Leaving

# A heading. $name: an organization.
taking-you-to = Taking you to { $name }
# $host: the address of the sign-in page.
sign-in-at = Sign-in is at { $host }.
not-yours = Not your organization?
stuck = Nothing happening, or stuck on another page? Come back here and choose Cancel to start over.

## Signed in, signed out

signing-in = Signing you in…
# A heading. $name: an organization.
signed-in-to = Signed in to { $name }
# $email: the address of the account that is signed in.
signed-in-as = You are signed in as { $email }
# Shown with the sentence above. $typed: the address that was entered.
other-account = You entered { $typed }, but your organization’s sign-in chose another account.
# A button. $email: the address of the account that is signed in.
continue-as = Continue as { $email }
use-another-account = Use another account
switch = Switch organization
sign-out = Sign out
signing-out = Signing you out…
signed-out = You have signed out
signed-out-lead = On a shared computer, close the browser as well: your organization may still have you signed in.
signed-out-elsewhere = You signed out in another tab, so this one is signed out too.
sign-in-again = Sign in again

## Problems

# The heading of every problem.
problem = There is a problem
# Before the page's title. $title: the title.
title-problem = Error: { $title }
try-again = Try again
# $name: an organization.
try-again-at = Try again with { $name }
start-over = Start over
another-organization = Choose another organization
support = Contact support
# Introduces somebody else's words.
details = Details
# Introduces a code that support can look up.
code = Code
copy-details = Copy details for support
copied = Copied.

check-connection = Check your internet connection, and try again.
try-later = Try again. If it keeps happening, tell your support.
try-in-a-moment = Try again in a moment.
try-in-minutes = Try again in a few minutes.
try-simply = Try again.

identifier-empty = Enter your work email or your organization’s code.
identifier-email-incomplete = The email address is not complete.
identifier-email-incomplete-next = Enter all of it, for example ada@acme.com.
identifier-several = These are several email addresses.
identifier-several-next = Enter one of them: the one that you sign in with.
# A Windows sign-in name looks like ACME\ada.
identifier-windows-name = This is a Windows sign-in name.
identifier-malformed = This is neither an email address nor an organization code.
identifier-malformed-next = Enter an email address such as ada@acme.com, or a code without spaces.
identifier-too-long = This is longer than an email address or a code can be.
identifier-too-long-next = Check it, and enter it again.

# $subject: the domain or code that was looked for.
no-match = We found no organization for “{ $subject }”.
no-match-next = Check it for typing errors. If it is right, ask a colleague for your organization’s code, or try another work email.
# A button. $domain: a domain like the one that was typed.
did-you-mean = Did you mean { $domain }?

lookup-unreachable = We could not look up your organization: no connection.
lookup-timeout = We could not look up your organization: it took too long.
lookup-offline = We could not look up your organization: you are offline.
# $count: seconds to wait.
lookup-rate-limited =
    { $count ->
        [one] Too many attempts. You can try again in { $count } second.
       *[other] Too many attempts. You can try again in { $count } seconds.
    }
lookup-rate-limited-unknown = Too many attempts.
lookup-unavailable = We cannot look up organizations right now.
lookup-refused = We cannot look that up.
lookup-refused-next = Check what you entered. If it is right, try your organization’s code.
lookup-malformed = We got an answer that we do not understand.

config-unreachable = This page could not load its settings: no connection.
config-timeout = This page could not load its settings: it took too long.
config-offline = This page could not load its settings: you are offline.
config-wrong = This sign-in page is not set up correctly.
config-missing-next = If you run this site: put a config.json beside index.html. Otherwise tell your support.
config-malformed-next = If you run this site: correct the field below. Otherwise tell your support.

unknown-issuer = Your organization’s sign-in is not set up on this page.
unknown-issuer-next = Tell your support about it. They need the code below.
storage-blocked = Your browser does not let this page remember that you are signing in.
storage-blocked-next = Allow site data (cookies) for this page, or leave private browsing, and try again.
no-web-crypto = Your browser cannot protect this sign-in.
no-web-crypto-next = Open the page with https, or in an up-to-date browser.
session-expired = You were signed in for so long that it has ended.
session-expired-next = Sign in again to go on.
not-found = This page does not exist.
not-found-next = Start from the sign-in page.

callback-empty = There is no sign-in to finish here.
callback-empty-next = Start by choosing your organization.
callback-foreign = This answer does not belong to a sign-in that you started here.
callback-foreign-next = If you have just signed in, start over: it may have been finished already, or in another browser.
callback-in-progress = This sign-in is being finished in another tab.
callback-in-progress-next = Go on there, or start over here.
callback-unsolicited = You came from your organization’s own portal, and we cannot take such a sign-in as it is.
callback-unsolicited-next = Choose your organization here: you will most likely not have to type a password again.
# $name: the organization that the link seems to come from.
callback-unsolicited-from = You seem to come from { $name }. To be sure that it is you, we start the sign-in once more from here.
callback-expired = The sign-in took longer than ten minutes, so we ended it.
callback-iss-mismatch = The answer came from another sign-in service than the one you left for.
callback-iss-mismatch-next = Start over. If it happens again, tell your support.
callback-no-code = Your organization’s answer was not complete.

provider-access-denied = The sign-in was cancelled, or your organization refused it.
provider-access-denied-next = Try again, or choose another organization.
provider-not-assigned = Your organization knows you, but has not given you access to this product.
provider-not-assigned-next = Ask your administrator there for access, or choose another organization.
provider-account-linked = Your account has just been linked to your organization.
provider-account-linked-next = Try again: it should work now.
provider-operator-check = Your sign-in was checked and refused.
provider-operator-check-next = The reason is below. If it does not help, contact your organization’s administrator.
provider-attributes = Your organization’s sign-in sent something about you that this product cannot use.
provider-attributes-next = Send your administrator the details below: the mapping of attributes has to be changed.
provider-saml-response = Your organization’s sign-in gave an answer that could not be read.
provider-saml-response-next = Try again. If it keeps happening, send your administrator the details below.
provider-certificate = Your organization’s sign-in signed its answer with a certificate that we do not know.
provider-certificate-next = Send your administrator the details below: the certificate may have been renewed.
provider-token-exchange = Your organization’s sign-in did not complete its answer to us.
provider-token-exchange-next = Try again. If it keeps happening, send your administrator the details below.
provider-linking = Your account at your organization could not be connected with your account here.
provider-unreachable = Your organization’s sign-in service did not answer.
provider-app-client = This page’s sign-in is not set up correctly.
provider-app-client-next = Send your support the details below.
provider-login-required = You were not signed in yet.
provider-login-required-next = Try again, and sign in when asked.
provider-refused = Your organization refused the sign-in.
provider-refused-next = Try again, or send your administrator the details below.

token-unreachable = We could not finish the sign-in: no connection.
token-timeout = We could not finish the sign-in: it took too long.
token-offline = We could not finish the sign-in: you are offline.
token-invalid-grant = The sign-in was used already, or took too long.
token-refused = The sign-in service refused to finish your sign-in.
token-refused-next = Try again. If it keeps happening, tell your support: the app client may not be set up for a web page.
token-unavailable = The sign-in service is not available right now.
checks-failed = The sign-in service gave an answer that did not pass our checks, so we did not sign you in.
checks-failed-next = Try again. If it keeps happening, tell your support the code below.
other-organization = You came back signed in to another organization than the one you chose, so we did not sign you in.
other-organization-next = Try again, or choose the organization that you want to work in.
identities-missing = The sign-in service did not say that your account belongs to this organization, so we did not sign you in.
# $count: by how much.
clock-ahead-minutes =
    { $count ->
        [one] Your device’s clock seems to be ahead, by about { $count } minute.
       *[other] Your device’s clock seems to be ahead, by about { $count } minutes.
    }
clock-ahead-hours =
    { $count ->
        [one] Your device’s clock seems to be ahead, by about { $count } hour.
       *[other] Your device’s clock seems to be ahead, by about { $count } hours.
    }
clock-ahead-days =
    { $count ->
        [one] Your device’s clock seems to be ahead, by about { $count } day.
       *[other] Your device’s clock seems to be ahead, by about { $count } days.
    }
clock-behind-minutes =
    { $count ->
        [one] Your device’s clock seems to be behind, by about { $count } minute.
       *[other] Your device’s clock seems to be behind, by about { $count } minutes.
    }
clock-behind-hours =
    { $count ->
        [one] Your device’s clock seems to be behind, by about { $count } hour.
       *[other] Your device’s clock seems to be behind, by about { $count } hours.
    }
clock-behind-days =
    { $count ->
        [one] Your device’s clock seems to be behind, by about { $count } day.
       *[other] Your device’s clock seems to be behind, by about { $count } days.
    }
clock-next = Set your device’s date and time (automatically, if you can), and try again.
keys-unreachable = We could not check your organization’s answer: no connection.
keys-timeout = We could not check your organization’s answer: it took too long.
keys-offline = We could not check your organization’s answer: you are offline.
keys-malformed = We could not check your organization’s answer.

crashed = This page stopped working in your browser.
crashed-next = Load it again. If that does not help, update your browser or try another one.
