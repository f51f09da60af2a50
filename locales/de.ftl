# German

## The form

sign-in = Anmelden
sign-in-lead = Suchen Sie Ihre Organisation, um sich über sie anzumelden.
field = Geschäftliche E-Mail-Adresse oder Organisationscode
field-hint = Zum Beispiel ada@acme.com, acme.com oder ein Code wie acme
continue = Weiter
looking-up = Ihre Organisation wird gesucht…
still-looking = Die Suche läuft noch…
cancel = Abbrechen
loading = Wird geladen…
use-another-organization = Andere Organisation verwenden
do-not-remember = Meine Organisation auf diesem Gerät nicht merken
cannot-remember = Ihr Browser lässt nicht zu, dass sich diese Seite Organisationen auf diesem Gerät merkt.
back-to = Sie sind bei { $name } angemeldet
return-to-dropped = Der Link, über den Sie hierhergekommen sind, sollte Sie an eine Adresse weiterleiten, die nicht auf unserer Liste steht. Sie können sich anmelden und bleiben danach hier.
third-party-unknown = Der Link, über den Sie hierhergekommen sind, nennt einen Anmeldedienst, den diese Seite nicht kennt. Seine Angaben haben wir deshalb nicht verwendet.
offline = Sie sind offline. Sobald Sie wieder verbunden sind, können Sie weitermachen.
stuck-question = Kommen Sie auf einer Anmeldeseite nicht weiter?
stuck-answer = Wenn die Anmeldeseite Ihrer Organisation einen Fehler zeigt oder nicht weiterführt, kehren Sie zu dieser Seite zurück und beginnen Sie hier von vorn. Wenn das jedes Mal passiert, informieren Sie den Administrator Ihrer Organisation oder wenden Sie sich an den Support.
language = Sprache

## Organizations used before

recents = Organisationen, die Sie auf diesem Gerät verwendet haben
continue-to = Weiter zu { $name }
edit = Bearbeiten
done = Fertig
forget = { $name } vergessen
forget-all = Alle vergessen
forgotten = { $name } wurde vergessen.
forgotten-all = Alle Organisationen wurden vergessen.

## Several organizations

choose = Wählen Sie Ihre Organisation aus
your-organizations = Ihre Organisationen
filter = Organisationen durchsuchen
found =
    { $count ->
        [one] { $count } Organisation
       *[other] { $count } Organisationen
    }
found-none = Keine Organisation in der Liste passt dazu.
use-another = Andere E-Mail-Adresse oder anderen Code verwenden

## Leaving

taking-you-to = Sie werden zu { $name } weitergeleitet
sign-in-at = Die Anmeldung erfolgt bei { $host }.
not-yours = Nicht Ihre Organisation?
stuck = Passiert nichts, oder kommen Sie auf einer anderen Seite nicht weiter? Kehren Sie hierher zurück und wählen Sie „Abbrechen“, um von vorn zu beginnen.

## Signed in, signed out

signing-in = Sie werden angemeldet…
signed-in-to = Angemeldet bei { $name }
signed-in-as = Sie sind angemeldet als { $email }
other-account = Sie haben { $typed } eingegeben, aber die Anmeldung Ihrer Organisation hat ein anderes Konto gewählt.
continue-as = Weiter als { $email }
use-another-account = Anderes Konto verwenden
switch = Organisation wechseln
sign-out = Abmelden
signing-out = Sie werden abgemeldet…
signed-out = Sie haben sich abgemeldet
signed-out-lead = Schließen Sie auf einem gemeinsam genutzten Computer auch den Browser: Bei Ihrer Organisation sind Sie vielleicht noch angemeldet.
signed-out-elsewhere = Sie haben sich in einem anderen Tab abgemeldet. Deshalb sind Sie auch in diesem abgemeldet.
sign-in-again = Erneut anmelden

## Problems

problem = Es gibt ein Problem
title-problem = Fehler: { $title }
try-again = Erneut versuchen
try-again-at = Erneut mit { $name } versuchen
start-over = Von vorn beginnen
another-organization = Andere Organisation auswählen
support = Support kontaktieren
details = Details
code = Code
copy-details = Details für den Support kopieren
copied = Kopiert.

check-connection = Prüfen Sie Ihre Internetverbindung und versuchen Sie es erneut.
try-later = Versuchen Sie es erneut. Wenn es weiterhin passiert, informieren Sie Ihren Support.
try-in-a-moment = Versuchen Sie es gleich noch einmal.
try-in-minutes = Versuchen Sie es in einigen Minuten erneut.
try-simply = Versuchen Sie es erneut.

identifier-empty = Geben Sie Ihre geschäftliche E-Mail-Adresse oder den Code Ihrer Organisation ein.
identifier-email-incomplete = Die E-Mail-Adresse ist nicht vollständig.
identifier-email-incomplete-next = Geben Sie die ganze Adresse ein, zum Beispiel ada@acme.com.
identifier-several = Das sind mehrere E-Mail-Adressen.
identifier-several-next = Geben Sie nur die ein, mit der Sie sich anmelden.
identifier-windows-name = Das ist ein Windows-Anmeldename.
identifier-malformed = Das ist weder eine E-Mail-Adresse noch ein Organisationscode.
identifier-malformed-next = Geben Sie eine E-Mail-Adresse wie ada@acme.com oder einen Code ohne Leerzeichen ein.
identifier-too-long = Das ist länger, als eine E-Mail-Adresse oder ein Code sein kann.
identifier-too-long-next = Prüfen Sie die Eingabe und geben Sie sie erneut ein.

no-match = Wir haben keine Organisation für „{ $subject }“ gefunden.
no-match-next = Prüfen Sie die Eingabe auf Tippfehler. Wenn sie stimmt, fragen Sie eine Person in Ihrer Organisation nach dem Code, oder versuchen Sie es mit einer anderen geschäftlichen E-Mail-Adresse.
did-you-mean = Meinten Sie { $domain }?

lookup-unreachable = Wir konnten Ihre Organisation nicht suchen: keine Verbindung.
lookup-timeout = Wir konnten Ihre Organisation nicht suchen: Es hat zu lange gedauert.
lookup-offline = Wir konnten Ihre Organisation nicht suchen: Sie sind offline.
lookup-rate-limited =
    { $count ->
        [one] Zu viele Versuche. Sie können es in { $count } Sekunde erneut versuchen.
       *[other] Zu viele Versuche. Sie können es in { $count } Sekunden erneut versuchen.
    }
lookup-rate-limited-unknown = Zu viele Versuche.
lookup-unavailable = Wir können gerade keine Organisationen suchen.
lookup-refused = Danach können wir nicht suchen.
lookup-refused-next = Prüfen Sie Ihre Eingabe. Wenn sie stimmt, versuchen Sie es mit dem Code Ihrer Organisation.
lookup-malformed = Wir haben eine Antwort erhalten, die wir nicht verstehen.

config-unreachable = Diese Seite konnte ihre Einstellungen nicht laden: keine Verbindung.
config-timeout = Diese Seite konnte ihre Einstellungen nicht laden: Es hat zu lange gedauert.
config-offline = Diese Seite konnte ihre Einstellungen nicht laden: Sie sind offline.
config-wrong = Diese Anmeldeseite ist nicht richtig eingerichtet.
config-missing-next = Wenn Sie diese Website betreiben: Legen Sie eine config.json neben index.html ab. Andernfalls informieren Sie Ihren Support.
config-malformed-next = Wenn Sie diese Website betreiben: Korrigieren Sie das unten genannte Feld. Andernfalls informieren Sie Ihren Support.

unknown-issuer = Die Anmeldung Ihrer Organisation ist auf dieser Seite nicht eingerichtet.
unknown-issuer-next = Informieren Sie Ihren Support. Er benötigt den Code unten.
storage-blocked = Ihr Browser lässt nicht zu, dass sich diese Seite Ihre laufende Anmeldung merkt.
storage-blocked-next = Lassen Sie Websitedaten (Cookies) für diese Seite zu, oder verlassen Sie den privaten Modus, und versuchen Sie es erneut.
no-web-crypto = Ihr Browser kann diese Anmeldung nicht schützen.
no-web-crypto-next = Öffnen Sie die Seite mit https oder in einem aktuellen Browser.
session-expired = Sie waren so lange angemeldet, dass Ihre Sitzung beendet wurde.
session-expired-next = Melden Sie sich erneut an, um weiterzumachen.
not-found = Diese Seite gibt es nicht.
not-found-next = Beginnen Sie auf der Anmeldeseite.

callback-empty = Hier gibt es keine Anmeldung, die abgeschlossen werden muss.
callback-empty-next = Wählen Sie zuerst Ihre Organisation aus.
callback-foreign = Diese Antwort gehört nicht zu einer Anmeldung, die Sie hier begonnen haben.
callback-foreign-next = Wenn Sie sich gerade angemeldet haben, beginnen Sie von vorn: Die Anmeldung wurde vielleicht schon abgeschlossen, hier oder in einem anderen Browser.
callback-in-progress = Diese Anmeldung wird gerade in einem anderen Tab abgeschlossen.
callback-in-progress-next = Machen Sie dort weiter, oder beginnen Sie hier von vorn.
callback-unsolicited = Sie kommen vom Portal Ihrer Organisation. Eine solche Anmeldung können wir nicht unverändert übernehmen.
callback-unsolicited-next = Wählen Sie hier Ihre Organisation aus: Sehr wahrscheinlich müssen Sie kein Passwort mehr eingeben.
callback-unsolicited-from = Sie kommen anscheinend von { $name }. Um sicher zu sein, dass Sie es sind, beginnen wir die Anmeldung von hier aus noch einmal.
callback-expired = Die Anmeldung hat länger als zehn Minuten gedauert. Deshalb haben wir sie beendet.
callback-iss-mismatch = Die Antwort kam von einem anderen Anmeldedienst als dem, zu dem Sie weitergeleitet wurden.
callback-iss-mismatch-next = Beginnen Sie von vorn. Wenn es wieder passiert, informieren Sie Ihren Support.
callback-no-code = Die Antwort Ihrer Organisation war nicht vollständig.

provider-access-denied = Die Anmeldung wurde abgebrochen, oder Ihre Organisation hat sie abgelehnt.
provider-access-denied-next = Versuchen Sie es erneut, oder wählen Sie eine andere Organisation aus.
provider-not-assigned = Ihre Organisation kennt Sie, hat Ihnen aber keinen Zugriff auf dieses Produkt gegeben.
provider-not-assigned-next = Fragen Sie Ihren Administrator dort nach Zugriff, oder wählen Sie eine andere Organisation aus.
provider-account-linked = Ihr Konto wurde soeben mit Ihrer Organisation verknüpft.
provider-account-linked-next = Versuchen Sie es erneut: Jetzt sollte es funktionieren.
provider-operator-check = Ihre Anmeldung wurde geprüft und abgelehnt.
provider-operator-check-next = Der Grund steht unten. Wenn er nicht weiterhilft, wenden Sie sich an den Administrator Ihrer Organisation.
provider-attributes = Der Anmeldedienst Ihrer Organisation hat Angaben über Sie gesendet, die dieses Produkt nicht verwenden kann.
provider-attributes-next = Senden Sie Ihrem Administrator die Details unten: Die Attributzuordnung muss geändert werden.
provider-saml-response = Der Anmeldedienst Ihrer Organisation hat eine Antwort gegeben, die nicht gelesen werden konnte.
provider-saml-response-next = Versuchen Sie es erneut. Wenn es weiterhin passiert, senden Sie Ihrem Administrator die Details unten.
provider-certificate = Der Anmeldedienst Ihrer Organisation hat seine Antwort mit einem Zertifikat signiert, das wir nicht kennen.
provider-certificate-next = Senden Sie Ihrem Administrator die Details unten: Das Zertifikat wurde vielleicht erneuert.
provider-token-exchange = Der Anmeldedienst Ihrer Organisation hat seine Antwort an uns nicht abgeschlossen.
provider-token-exchange-next = Versuchen Sie es erneut. Wenn es weiterhin passiert, senden Sie Ihrem Administrator die Details unten.
provider-linking = Ihr Konto bei Ihrer Organisation konnte nicht mit Ihrem Konto hier verbunden werden.
provider-unreachable = Der Anmeldedienst Ihrer Organisation hat nicht geantwortet.
provider-app-client = Die Anmeldung dieser Seite ist nicht richtig eingerichtet.
provider-app-client-next = Senden Sie Ihrem Support die Details unten.
provider-login-required = Sie waren noch nicht angemeldet.
provider-login-required-next = Versuchen Sie es erneut, und melden Sie sich an, wenn Sie dazu aufgefordert werden.
provider-refused = Ihre Organisation hat die Anmeldung abgelehnt.
provider-refused-next = Versuchen Sie es erneut, oder senden Sie Ihrem Administrator die Details unten.

token-unreachable = Wir konnten die Anmeldung nicht abschließen: keine Verbindung.
token-timeout = Wir konnten die Anmeldung nicht abschließen: Es hat zu lange gedauert.
token-offline = Wir konnten die Anmeldung nicht abschließen: Sie sind offline.
token-invalid-grant = Die Anmeldung wurde bereits verwendet oder hat zu lange gedauert.
token-refused = Der Anmeldedienst hat es abgelehnt, Ihre Anmeldung abzuschließen.
token-refused-next = Versuchen Sie es erneut. Wenn es weiterhin passiert, informieren Sie Ihren Support: Der App-Client ist vielleicht nicht für eine Webseite eingerichtet.
token-unavailable = Der Anmeldedienst ist gerade nicht verfügbar.
checks-failed = Der Anmeldedienst hat eine Antwort gegeben, die unsere Prüfungen nicht bestanden hat. Deshalb haben wir Sie nicht angemeldet.
checks-failed-next = Versuchen Sie es erneut. Wenn es weiterhin passiert, nennen Sie Ihrem Support den Code unten.
other-organization = Bei Ihrer Rückkehr waren Sie bei einer anderen Organisation angemeldet als der, die Sie ausgewählt hatten. Deshalb haben wir Sie hier nicht angemeldet.
other-organization-next = Versuchen Sie es erneut, oder wählen Sie die Organisation aus, in der Sie arbeiten möchten.
identities-missing = Der Anmeldedienst hat nicht bestätigt, dass Ihr Konto zu dieser Organisation gehört. Deshalb haben wir Sie nicht angemeldet.
clock-ahead-minutes =
    { $count ->
        [one] Die Uhr Ihres Geräts geht anscheinend vor, um etwa { $count } Minute.
       *[other] Die Uhr Ihres Geräts geht anscheinend vor, um etwa { $count } Minuten.
    }
clock-ahead-hours =
    { $count ->
        [one] Die Uhr Ihres Geräts geht anscheinend vor, um etwa { $count } Stunde.
       *[other] Die Uhr Ihres Geräts geht anscheinend vor, um etwa { $count } Stunden.
    }
clock-ahead-days =
    { $count ->
        [one] Die Uhr Ihres Geräts geht anscheinend vor, um etwa { $count } Tag.
       *[other] Die Uhr Ihres Geräts geht anscheinend vor, um etwa { $count } Tage.
    }
clock-behind-minutes =
    { $count ->
        [one] Die Uhr Ihres Geräts geht anscheinend nach, um etwa { $count } Minute.
       *[other] Die Uhr Ihres Geräts geht anscheinend nach, um etwa { $count } Minuten.
    }
clock-behind-hours =
    { $count ->
        [one] Die Uhr Ihres Geräts geht anscheinend nach, um etwa { $count } Stunde.
       *[other] Die Uhr Ihres Geräts geht anscheinend nach, um etwa { $count } Stunden.
    }
clock-behind-days =
    { $count ->
        [one] Die Uhr Ihres Geräts geht anscheinend nach, um etwa { $count } Tag.
       *[other] Die Uhr Ihres Geräts geht anscheinend nach, um etwa { $count } Tage.
    }
clock-next = Stellen Sie Datum und Uhrzeit Ihres Geräts ein (wenn möglich automatisch), und versuchen Sie es erneut.
keys-unreachable = Wir konnten die Antwort Ihrer Organisation nicht prüfen: keine Verbindung.
keys-timeout = Wir konnten die Antwort Ihrer Organisation nicht prüfen: Es hat zu lange gedauert.
keys-offline = Wir konnten die Antwort Ihrer Organisation nicht prüfen: Sie sind offline.
keys-malformed = Wir konnten die Antwort Ihrer Organisation nicht prüfen.

crashed = Diese Seite funktioniert in Ihrem Browser nicht mehr.
crashed-next = Laden Sie sie neu. Wenn das nicht hilft, aktualisieren Sie Ihren Browser oder verwenden Sie einen anderen.
