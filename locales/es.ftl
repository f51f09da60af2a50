# Spanish

## The form

sign-in = Iniciar sesión
sign-in-lead = Busque su organización para iniciar sesión con ella.
field = Correo electrónico de trabajo o código de la organización
field-hint = Por ejemplo, ada@acme.com, acme.com o un código como acme
continue = Continuar
looking-up = Buscando su organización…
still-looking = La búsqueda continúa…
cancel = Cancelar
loading = Cargando…
use-another-organization = Usar otra organización
do-not-remember = No recordar mi organización en este dispositivo
cannot-remember = Su navegador no permite que esta página recuerde organizaciones en este dispositivo.
back-to = Ha iniciado sesión en { $name }
return-to-dropped = El enlace que le trajo aquí pretendía enviarle después a una dirección que no está en nuestra lista. Puede iniciar sesión y, después, permanecerá aquí.
third-party-unknown = El enlace que le trajo aquí indica un servicio de inicio de sesión que esta página no conoce, así que no hemos usado lo que dice.
offline = No tiene conexión. Podrá seguir en cuanto la recupere.
stuck-question = ¿No puede avanzar en una página de inicio de sesión?
stuck-answer = Si la página de inicio de sesión de su organización muestra un error o no lleva a ninguna parte, vuelva a esta página y empiece de nuevo desde aquí. Si ocurre siempre, avise al administrador de su organización o póngase en contacto con el soporte técnico.
language = Idioma

## Organizations used before

recents = Organizaciones que ha usado en este dispositivo
continue-to = Continuar a { $name }
edit = Editar
done = Listo
forget = Olvidar { $name }
forget-all = Olvidar todas
forgotten = Se ha olvidado { $name }.
forgotten-all = Se han olvidado todas las organizaciones.

## Several organizations

choose = Elija su organización
your-organizations = Sus organizaciones
filter = Buscar organizaciones
found =
    { $count ->
        [one] { $count } organización
       *[other] { $count } organizaciones
    }
found-none = Ninguna organización de la lista coincide.
use-another = Usar otro correo o código

## Leaving

taking-you-to = Redirigiendo a { $name }
sign-in-at = El inicio de sesión se realiza en { $host }.
not-yours = ¿No es su organización?
stuck = ¿No ocurre nada o no puede avanzar en otra página? Vuelva aquí y elija «Cancelar» para empezar de nuevo.

## Signed in, signed out

signing-in = Iniciando sesión…
signed-in-to = Sesión iniciada en { $name }
signed-in-as = Ha iniciado sesión como { $email }
other-account = Escribió { $typed }, pero el inicio de sesión de su organización eligió otra cuenta.
continue-as = Continuar como { $email }
use-another-account = Usar otra cuenta
switch = Cambiar de organización
sign-out = Cerrar sesión
signing-out = Cerrando sesión…
signed-out = Ha cerrado sesión
signed-out-lead = En un equipo compartido, cierre también el navegador: es posible que su sesión siga abierta en su organización.
signed-out-elsewhere = Ha cerrado sesión en otra pestaña, así que también se ha cerrado en esta.
sign-in-again = Volver a iniciar sesión

## Problems

problem = Hay un problema
title-problem = Error: { $title }
try-again = Reintentar
try-again-at = Reintentar con { $name }
start-over = Empezar de nuevo
another-organization = Elegir otra organización
support = Contactar con el soporte técnico
details = Detalles
code = Código
copy-details = Copiar los detalles para el soporte técnico
copied = Copiado.

check-connection = Compruebe su conexión a Internet e inténtelo de nuevo.
try-later = Inténtelo de nuevo. Si sigue ocurriendo, avise al soporte técnico.
try-in-a-moment = Inténtelo de nuevo en un momento.
try-in-minutes = Inténtelo de nuevo en unos minutos.
try-simply = Inténtelo de nuevo.

identifier-empty = Escriba su correo electrónico de trabajo o el código de su organización.
identifier-email-incomplete = La dirección de correo electrónico no está completa.
identifier-email-incomplete-next = Escríbala entera, por ejemplo, ada@acme.com.
identifier-several = Esto son varias direcciones de correo electrónico.
identifier-several-next = Escriba solo la que usa para iniciar sesión.
identifier-windows-name = Esto es un nombre de inicio de sesión de Windows.
identifier-malformed = Esto no es ni una dirección de correo electrónico ni un código de organización.
identifier-malformed-next = Escriba una dirección de correo electrónico, como ada@acme.com, o un código sin espacios.
identifier-too-long = Esto es más largo de lo que puede ser una dirección de correo electrónico o un código.
identifier-too-long-next = Compruebe lo que ha escrito y escríbalo de nuevo.

no-match = No hemos encontrado ninguna organización para «{ $subject }».
no-match-next = Compruebe si hay errores de escritura. Si es correcto, pida el código de su organización a alguien de su equipo o pruebe con otro correo electrónico de trabajo.
did-you-mean = ¿Quería decir { $domain }?

lookup-unreachable = No hemos podido buscar su organización: no hay conexión.
lookup-timeout = No hemos podido buscar su organización: ha tardado demasiado.
lookup-offline = No hemos podido buscar su organización: no tiene conexión a Internet.
lookup-rate-limited =
    { $count ->
        [one] Demasiados intentos. Puede intentarlo de nuevo en { $count } segundo.
       *[other] Demasiados intentos. Puede intentarlo de nuevo en { $count } segundos.
    }
lookup-rate-limited-unknown = Demasiados intentos.
lookup-unavailable = En este momento no podemos buscar organizaciones.
lookup-refused = No podemos hacer esa búsqueda.
lookup-refused-next = Compruebe lo que ha escrito. Si es correcto, pruebe con el código de su organización.
lookup-malformed = Hemos recibido una respuesta que no entendemos.

config-unreachable = Esta página no ha podido cargar su configuración: no hay conexión.
config-timeout = Esta página no ha podido cargar su configuración: ha tardado demasiado.
config-offline = Esta página no ha podido cargar su configuración: no tiene conexión a Internet.
config-wrong = Esta página de inicio de sesión no está bien configurada.
config-missing-next = Si administra este sitio: coloque un archivo config.json junto a index.html. Si no, avise al soporte técnico.
config-malformed-next = Si administra este sitio: corrija el campo que se indica abajo. Si no, avise al soporte técnico.

unknown-issuer = El inicio de sesión de su organización no está configurado en esta página.
unknown-issuer-next = Avise al soporte técnico. Necesitará el código que aparece abajo.
storage-blocked = Su navegador no permite que esta página recuerde que está iniciando sesión.
storage-blocked-next = Permita los datos del sitio (cookies) para esta página o salga de la navegación privada e inténtelo de nuevo.
no-web-crypto = Su navegador no puede proteger este inicio de sesión.
no-web-crypto-next = Abra la página con https o en un navegador actualizado.
session-expired = Su sesión ha estado abierta tanto tiempo que ha terminado.
session-expired-next = Vuelva a iniciar sesión para continuar.
not-found = Esta página no existe.
not-found-next = Empiece por la página de inicio de sesión.

callback-empty = No hay ningún inicio de sesión que completar aquí.
callback-empty-next = Empiece por elegir su organización.
callback-foreign = Esta respuesta no corresponde a ningún inicio de sesión que haya empezado aquí.
callback-foreign-next = Si acaba de iniciar sesión, empiece de nuevo: es posible que ya se haya completado, aquí o en otro navegador.
callback-in-progress = Este inicio de sesión se está completando en otra pestaña.
callback-in-progress-next = Continúe allí o empiece de nuevo aquí.
callback-unsolicited = Viene del portal de su organización, y no podemos aceptar un inicio de sesión así tal como está.
callback-unsolicited-next = Elija su organización aquí: lo más probable es que no tenga que volver a escribir una contraseña.
callback-unsolicited-from = Parece que viene de { $name }. Para asegurarnos de que es usted, empezamos de nuevo el inicio de sesión desde aquí.
callback-expired = El inicio de sesión ha tardado más de diez minutos, así que lo hemos finalizado.
callback-iss-mismatch = La respuesta ha llegado de un servicio de inicio de sesión distinto de aquel al que se dirigía.
callback-iss-mismatch-next = Empiece de nuevo. Si vuelve a ocurrir, avise al soporte técnico.
callback-no-code = La respuesta de su organización no estaba completa.

provider-access-denied = El inicio de sesión se ha cancelado o su organización lo ha rechazado.
provider-access-denied-next = Inténtelo de nuevo o elija otra organización.
provider-not-assigned = Su organización le conoce, pero no le ha dado acceso a este producto.
provider-not-assigned-next = Pida acceso al administrador de esa organización o elija otra organización.
provider-account-linked = Su cuenta se acaba de vincular a su organización.
provider-account-linked-next = Inténtelo de nuevo: ahora debería funcionar.
provider-operator-check = Su inicio de sesión se ha comprobado y se ha rechazado.
provider-operator-check-next = El motivo aparece abajo. Si no le ayuda, póngase en contacto con el administrador de su organización.
provider-attributes = El servicio de inicio de sesión de su organización ha enviado datos sobre usted que este producto no puede usar.
provider-attributes-next = Envíe a su administrador los detalles que aparecen abajo: hay que cambiar la asignación de atributos.
provider-saml-response = El servicio de inicio de sesión de su organización ha dado una respuesta que no se ha podido leer.
provider-saml-response-next = Inténtelo de nuevo. Si sigue ocurriendo, envíe a su administrador los detalles que aparecen abajo.
provider-certificate = El servicio de inicio de sesión de su organización ha firmado su respuesta con un certificado que no conocemos.
provider-certificate-next = Envíe a su administrador los detalles que aparecen abajo: es posible que el certificado se haya renovado.
provider-token-exchange = El servicio de inicio de sesión de su organización no ha completado la respuesta que nos envía.
provider-token-exchange-next = Inténtelo de nuevo. Si sigue ocurriendo, envíe a su administrador los detalles que aparecen abajo.
provider-linking = No se ha podido vincular su cuenta de la organización con su cuenta de aquí.
provider-unreachable = El servicio de inicio de sesión de su organización no ha respondido.
provider-app-client = El inicio de sesión de esta página no está bien configurado.
provider-app-client-next = Envíe al soporte técnico los detalles que aparecen abajo.
provider-login-required = Todavía no había iniciado sesión.
provider-login-required-next = Inténtelo de nuevo e inicie sesión cuando se le pida.
provider-refused = Su organización ha rechazado el inicio de sesión.
provider-refused-next = Inténtelo de nuevo o envíe a su administrador los detalles que aparecen abajo.

token-unreachable = No hemos podido completar el inicio de sesión: no hay conexión.
token-timeout = No hemos podido completar el inicio de sesión: ha tardado demasiado.
token-offline = No hemos podido completar el inicio de sesión: no tiene conexión a Internet.
token-invalid-grant = El inicio de sesión ya se había usado o ha tardado demasiado.
token-refused = El servicio de inicio de sesión se ha negado a completar su inicio de sesión.
token-refused-next = Inténtelo de nuevo. Si sigue ocurriendo, avise al soporte técnico: es posible que el cliente de aplicación no esté configurado para una página web.
token-unavailable = El servicio de inicio de sesión no está disponible en este momento.
checks-failed = El servicio de inicio de sesión ha dado una respuesta que no ha superado nuestras comprobaciones, así que no hemos iniciado su sesión.
checks-failed-next = Inténtelo de nuevo. Si sigue ocurriendo, indique al soporte técnico el código que aparece abajo.
other-organization = Ha vuelto con la sesión iniciada en una organización distinta de la que eligió, así que no la hemos iniciado aquí.
other-organization-next = Inténtelo de nuevo o elija la organización en la que quiere trabajar.
identities-missing = El servicio de inicio de sesión no ha confirmado que su cuenta pertenezca a esta organización, así que no hemos iniciado su sesión.
clock-ahead-minutes =
    { $count ->
        [one] Parece que el reloj de su dispositivo va adelantado, aproximadamente { $count } minuto.
       *[other] Parece que el reloj de su dispositivo va adelantado, aproximadamente { $count } minutos.
    }
clock-ahead-hours =
    { $count ->
        [one] Parece que el reloj de su dispositivo va adelantado, aproximadamente { $count } hora.
       *[other] Parece que el reloj de su dispositivo va adelantado, aproximadamente { $count } horas.
    }
clock-ahead-days =
    { $count ->
        [one] Parece que el reloj de su dispositivo va adelantado, aproximadamente { $count } día.
       *[other] Parece que el reloj de su dispositivo va adelantado, aproximadamente { $count } días.
    }
clock-behind-minutes =
    { $count ->
        [one] Parece que el reloj de su dispositivo va atrasado, aproximadamente { $count } minuto.
       *[other] Parece que el reloj de su dispositivo va atrasado, aproximadamente { $count } minutos.
    }
clock-behind-hours =
    { $count ->
        [one] Parece que el reloj de su dispositivo va atrasado, aproximadamente { $count } hora.
       *[other] Parece que el reloj de su dispositivo va atrasado, aproximadamente { $count } horas.
    }
clock-behind-days =
    { $count ->
        [one] Parece que el reloj de su dispositivo va atrasado, aproximadamente { $count } día.
       *[other] Parece que el reloj de su dispositivo va atrasado, aproximadamente { $count } días.
    }
clock-next = Ajuste la fecha y la hora de su dispositivo (automáticamente, si es posible) e inténtelo de nuevo.
keys-unreachable = No hemos podido comprobar la respuesta de su organización: no hay conexión.
keys-timeout = No hemos podido comprobar la respuesta de su organización: ha tardado demasiado.
keys-offline = No hemos podido comprobar la respuesta de su organización: no tiene conexión a Internet.
keys-malformed = No hemos podido comprobar la respuesta de su organización.

crashed = Esta página ha dejado de funcionar en su navegador.
crashed-next = Vuelva a cargarla. Si eso no ayuda, actualice el navegador o pruebe con otro.
