# French

## The form

sign-in = Se connecter
sign-in-lead = Trouvez votre organisation pour vous connecter avec elle.
field = Adresse e-mail professionnelle ou code d’organisation
field-hint = Par exemple ada@acme.com, acme.com ou un code comme acme
continue = Continuer
looking-up = Recherche de votre organisation…
still-looking = La recherche continue…
cancel = Annuler
loading = Chargement…
use-another-organization = Utiliser une autre organisation
do-not-remember = Ne pas mémoriser mon organisation sur cet appareil
cannot-remember = Votre navigateur ne permet pas à cette page de mémoriser des organisations sur cet appareil.
back-to = Votre session chez { $name } est ouverte
return-to-dropped = Le lien qui vous amène ici devait ensuite vous envoyer vers une adresse qui ne figure pas dans notre liste. Vous pouvez vous connecter, et vous resterez ici ensuite.
third-party-unknown = Le lien qui vous amène ici désigne un service de connexion que cette page ne connaît pas. Nous n’avons donc pas utilisé ce qu’il indique.
offline = Vous êtes hors ligne. Vous pourrez continuer dès que le réseau sera rétabli.
stuck-question = Une page de connexion vous bloque ?
stuck-answer = Si la page de connexion de votre organisation affiche une erreur ou ne mène nulle part, revenez à cette page et recommencez à partir d’ici. Si cela se produit à chaque fois, signalez-le à l’administrateur de votre organisation ou contactez le support.
language = Langue

## Organizations used before

recents = Organisations utilisées sur cet appareil
continue-to = Continuer vers { $name }
edit = Modifier
done = Terminé
forget = Oublier { $name }
forget-all = Tout oublier
forgotten = L’organisation { $name } n’est plus mémorisée.
forgotten-all = Plus aucune organisation n’est mémorisée.

## Several organizations

choose = Choisissez votre organisation
your-organizations = Vos organisations
filter = Rechercher des organisations
found =
    { $count ->
        [one] { $count } organisation
       *[other] { $count } organisations
    }
found-none = Aucune organisation de la liste ne correspond.
use-another = Utiliser une autre adresse e-mail ou un autre code

## Leaving

taking-you-to = Redirection vers { $name }
sign-in-at = La connexion se fait sur { $host }.
not-yours = Ce n’est pas votre organisation ?
stuck = Rien ne se passe, ou une autre page vous bloque ? Revenez ici et choisissez « Annuler » pour recommencer.

## Signed in, signed out

signing-in = Connexion en cours…
signed-in-to = Session ouverte chez { $name }
signed-in-as = Votre session est ouverte en tant que { $email }
other-account = Vous avez saisi { $typed }, mais la connexion de votre organisation a choisi un autre compte.
continue-as = Continuer en tant que { $email }
use-another-account = Utiliser un autre compte
switch = Changer d’organisation
sign-out = Se déconnecter
signing-out = Déconnexion en cours…
signed-out = Vous avez fermé votre session
signed-out-lead = Sur un ordinateur partagé, fermez aussi le navigateur : votre session auprès de votre organisation est peut-être encore ouverte.
signed-out-elsewhere = Vous avez fermé votre session dans un autre onglet. Elle est donc fermée dans celui-ci aussi.
sign-in-again = Se reconnecter

## Problems

problem = Un problème est survenu
title-problem = Erreur : { $title }
try-again = Réessayer
try-again-at = Réessayer avec { $name }
start-over = Recommencer
another-organization = Choisir une autre organisation
support = Contacter le support
details = Détails
code = Code
copy-details = Copier les détails pour le support
copied = Copié.

check-connection = Vérifiez votre connexion Internet, puis réessayez.
try-later = Réessayez. Si le problème persiste, signalez-le à votre support.
try-in-a-moment = Réessayez dans un instant.
try-in-minutes = Réessayez dans quelques minutes.
try-simply = Réessayez.

identifier-empty = Saisissez votre adresse e-mail professionnelle ou le code de votre organisation.
identifier-email-incomplete = L’adresse e-mail n’est pas complète.
identifier-email-incomplete-next = Saisissez-la en entier, par exemple ada@acme.com.
identifier-several = Ce sont plusieurs adresses e-mail.
identifier-several-next = Saisissez uniquement celle avec laquelle vous vous connectez.
identifier-windows-name = C’est un nom de connexion Windows.
identifier-malformed = Ce n’est ni une adresse e-mail ni un code d’organisation.
identifier-malformed-next = Saisissez une adresse e-mail comme ada@acme.com, ou un code sans espaces.
identifier-too-long = C’est plus long que ne peut l’être une adresse e-mail ou un code.
identifier-too-long-next = Vérifiez votre saisie, puis recommencez.

no-match = Nous n’avons trouvé aucune organisation pour « { $subject } ».
no-match-next = Vérifiez qu’il n’y a pas de faute de frappe. Si tout est correct, demandez le code de votre organisation à un ou une collègue, ou essayez une autre adresse e-mail professionnelle.
did-you-mean = Vouliez-vous dire { $domain } ?

lookup-unreachable = Nous n’avons pas pu rechercher votre organisation : pas de réseau.
lookup-timeout = Nous n’avons pas pu rechercher votre organisation : l’opération a pris trop de temps.
lookup-offline = Nous n’avons pas pu rechercher votre organisation : vous êtes hors ligne.
lookup-rate-limited =
    { $count ->
        [one] Trop de tentatives. Vous pourrez réessayer dans { $count } seconde.
       *[other] Trop de tentatives. Vous pourrez réessayer dans { $count } secondes.
    }
lookup-rate-limited-unknown = Trop de tentatives.
lookup-unavailable = Nous ne pouvons pas rechercher d’organisations pour le moment.
lookup-refused = Nous ne pouvons pas effectuer cette recherche.
lookup-refused-next = Vérifiez votre saisie. Si elle est correcte, essayez le code de votre organisation.
lookup-malformed = Nous avons reçu une réponse que nous ne comprenons pas.

config-unreachable = Cette page n’a pas pu charger ses paramètres : pas de réseau.
config-timeout = Cette page n’a pas pu charger ses paramètres : l’opération a pris trop de temps.
config-offline = Cette page n’a pas pu charger ses paramètres : vous êtes hors ligne.
config-wrong = Cette page de connexion n’est pas correctement configurée.
config-missing-next = Si vous gérez ce site : placez un fichier config.json à côté du fichier index.html. Sinon, signalez-le à votre support.
config-malformed-next = Si vous gérez ce site : corrigez le champ ci-dessous. Sinon, signalez-le à votre support.

unknown-issuer = La connexion de votre organisation n’est pas configurée sur cette page.
unknown-issuer-next = Signalez-le à votre support. Il aura besoin du code ci-dessous.
storage-blocked = Votre navigateur ne permet pas à cette page de mémoriser votre connexion en cours.
storage-blocked-next = Autorisez les données de site (cookies) pour cette page, ou quittez la navigation privée, puis réessayez.
no-web-crypto = Votre navigateur ne peut pas protéger cette connexion.
no-web-crypto-next = Ouvrez la page en https, ou dans un navigateur à jour.
session-expired = Votre session était ouverte depuis si longtemps qu’elle a pris fin.
session-expired-next = Reconnectez-vous pour continuer.
not-found = Cette page n’existe pas.
not-found-next = Commencez par la page de connexion.

callback-empty = Il n’y a aucune connexion à terminer ici.
callback-empty-next = Commencez par choisir votre organisation.
callback-foreign = Cette réponse ne correspond à aucune connexion commencée ici.
callback-foreign-next = Si vous venez de vous connecter, recommencez : la connexion a peut-être déjà été terminée, ici ou dans un autre navigateur.
callback-in-progress = Cette connexion se termine dans un autre onglet.
callback-in-progress-next = Continuez là-bas, ou recommencez ici.
callback-unsolicited = Vous venez du portail de votre organisation, et nous ne pouvons pas accepter une telle connexion telle quelle.
callback-unsolicited-next = Choisissez votre organisation ici : vous n’aurez très probablement pas à saisir de nouveau un mot de passe.
callback-unsolicited-from = Vous semblez venir de { $name }. Pour nous assurer qu’il s’agit bien de vous, nous relançons la connexion à partir d’ici.
callback-expired = La connexion a pris plus de dix minutes. Nous y avons donc mis fin.
callback-iss-mismatch = La réponse vient d’un autre service de connexion que celui vers lequel vous alliez.
callback-iss-mismatch-next = Recommencez. Si cela se reproduit, signalez-le à votre support.
callback-no-code = La réponse de votre organisation n’était pas complète.

provider-access-denied = La connexion a été annulée, ou votre organisation l’a refusée.
provider-access-denied-next = Réessayez, ou choisissez une autre organisation.
provider-not-assigned = Votre organisation vous connaît, mais ne vous a pas donné accès à ce produit.
provider-not-assigned-next = Demandez l’accès à l’administrateur de cette organisation, ou choisissez une autre organisation.
provider-account-linked = Votre compte vient d’être associé à votre organisation.
provider-account-linked-next = Réessayez : cela devrait fonctionner maintenant.
provider-operator-check = Votre connexion a été vérifiée et refusée.
provider-operator-check-next = La raison est indiquée ci-dessous. Si elle ne vous aide pas, contactez l’administrateur de votre organisation.
provider-attributes = Le service de connexion de votre organisation a envoyé à votre sujet des informations que ce produit ne peut pas utiliser.
provider-attributes-next = Envoyez les détails ci-dessous à votre administrateur : le mappage des attributs doit être modifié.
provider-saml-response = Le service de connexion de votre organisation a donné une réponse qui n’a pas pu être lue.
provider-saml-response-next = Réessayez. Si le problème persiste, envoyez les détails ci-dessous à votre administrateur.
provider-certificate = Le service de connexion de votre organisation a signé sa réponse avec un certificat que nous ne connaissons pas.
provider-certificate-next = Envoyez les détails ci-dessous à votre administrateur : le certificat a peut-être été renouvelé.
provider-token-exchange = Le service de connexion de votre organisation ne nous a pas donné de réponse complète.
provider-token-exchange-next = Réessayez. Si le problème persiste, envoyez les détails ci-dessous à votre administrateur.
provider-linking = Votre compte chez votre organisation n’a pas pu être associé à votre compte ici.
provider-unreachable = Le service de connexion de votre organisation n’a pas répondu.
provider-app-client = La connexion de cette page n’est pas correctement configurée.
provider-app-client-next = Envoyez les détails ci-dessous à votre support.
provider-login-required = Vous n’aviez pas encore ouvert de session.
provider-login-required-next = Réessayez, et connectez-vous lorsque cela vous est demandé.
provider-refused = Votre organisation a refusé la connexion.
provider-refused-next = Réessayez, ou envoyez les détails ci-dessous à votre administrateur.

token-unreachable = Nous n’avons pas pu terminer la connexion : pas de réseau.
token-timeout = Nous n’avons pas pu terminer la connexion : l’opération a pris trop de temps.
token-offline = Nous n’avons pas pu terminer la connexion : vous êtes hors ligne.
token-invalid-grant = La connexion a déjà été utilisée, ou a pris trop de temps.
token-refused = Le service de connexion a refusé de terminer votre connexion.
token-refused-next = Réessayez. Si le problème persiste, signalez-le à votre support : le client d’application n’est peut-être pas configuré pour une page web.
token-unavailable = Le service de connexion n’est pas disponible pour le moment.
checks-failed = Le service de connexion a donné une réponse qui ne satisfait pas à nos vérifications. Nous n’avons donc pas ouvert votre session.
checks-failed-next = Réessayez. Si le problème persiste, indiquez le code ci-dessous à votre support.
other-organization = À votre retour, votre session était ouverte dans une autre organisation que celle que vous aviez choisie. Nous ne l’avons donc pas ouverte ici.
other-organization-next = Réessayez, ou choisissez l’organisation dans laquelle vous voulez travailler.
identities-missing = Le service de connexion n’a pas confirmé que votre compte appartient à cette organisation. Nous n’avons donc pas ouvert votre session.
clock-ahead-minutes =
    { $count ->
        [one] L’horloge de votre appareil semble avancer d’environ { $count } minute.
       *[other] L’horloge de votre appareil semble avancer d’environ { $count } minutes.
    }
clock-ahead-hours =
    { $count ->
        [one] L’horloge de votre appareil semble avancer d’environ { $count } heure.
       *[other] L’horloge de votre appareil semble avancer d’environ { $count } heures.
    }
clock-ahead-days =
    { $count ->
        [one] L’horloge de votre appareil semble avancer d’environ { $count } jour.
       *[other] L’horloge de votre appareil semble avancer d’environ { $count } jours.
    }
clock-behind-minutes =
    { $count ->
        [one] L’horloge de votre appareil semble retarder d’environ { $count } minute.
       *[other] L’horloge de votre appareil semble retarder d’environ { $count } minutes.
    }
clock-behind-hours =
    { $count ->
        [one] L’horloge de votre appareil semble retarder d’environ { $count } heure.
       *[other] L’horloge de votre appareil semble retarder d’environ { $count } heures.
    }
clock-behind-days =
    { $count ->
        [one] L’horloge de votre appareil semble retarder d’environ { $count } jour.
       *[other] L’horloge de votre appareil semble retarder d’environ { $count } jours.
    }
clock-next = Réglez la date et l’heure de votre appareil (automatiquement, si possible), puis réessayez.
keys-unreachable = Nous n’avons pas pu vérifier la réponse de votre organisation : pas de réseau.
keys-timeout = Nous n’avons pas pu vérifier la réponse de votre organisation : l’opération a pris trop de temps.
keys-offline = Nous n’avons pas pu vérifier la réponse de votre organisation : vous êtes hors ligne.
keys-malformed = Nous n’avons pas pu vérifier la réponse de votre organisation.

crashed = Cette page a cessé de fonctionner dans votre navigateur.
crashed-next = Rechargez-la. Si cela ne suffit pas, mettez votre navigateur à jour ou essayez-en un autre.
