# Portuguese (Brazil)

## The form

sign-in = Entrar
sign-in-lead = Encontre sua organização para entrar com ela.
field = E-mail de trabalho ou código da organização
field-hint = Por exemplo, ada@acme.com, acme.com ou um código como acme
continue = Continuar
looking-up = Procurando sua organização…
still-looking = Ainda procurando…
cancel = Cancelar
loading = Carregando…
use-another-organization = Usar outra organização
do-not-remember = Não lembrar minha organização neste dispositivo
cannot-remember = Seu navegador não permite que esta página lembre organizações neste dispositivo.
back-to = Você entrou em { $name }
return-to-dropped = O link que trouxe você até aqui queria enviar você depois a um endereço que não está na nossa lista. Você pode entrar e, depois disso, ficará aqui.
third-party-unknown = O link que trouxe você até aqui indica um serviço de login que esta página não conhece, por isso não usamos o que ele diz.
offline = Você está offline. Será possível continuar assim que a conexão voltar.
stuck-question = Não consegue avançar em uma página de login?
stuck-answer = Se a página de login da sua organização mostrar um erro ou não levar a lugar nenhum, volte a esta página e comece de novo a partir daqui. Se isso acontecer sempre, avise o administrador da sua organização ou entre em contato com o suporte.
language = Idioma

## Organizations used before

recents = Organizações que você usou neste dispositivo
continue-to = Continuar para { $name }
edit = Editar
done = Concluir
forget = Esquecer { $name }
forget-all = Esquecer todas
forgotten = A organização { $name } foi esquecida.
forgotten-all = Todas as organizações foram esquecidas.

## Several organizations

choose = Escolha sua organização
your-organizations = Suas organizações
filter = Pesquisar organizações
found =
    { $count ->
        [one] { $count } organização
       *[other] { $count } organizações
    }
found-none = Nenhuma organização da lista corresponde.
use-another = Usar outro e-mail ou código

## Leaving

taking-you-to = Levando você para { $name }
sign-in-at = O login é feito em { $host }.
not-yours = Não é sua organização?
stuck = Nada acontece ou você não consegue avançar em outra página? Volte aqui e escolha “Cancelar” para começar de novo.

## Signed in, signed out

signing-in = Entrando…
signed-in-to = Você entrou em { $name }
signed-in-as = Você entrou como { $email }
other-account = Você digitou { $typed }, mas o login da sua organização escolheu outra conta.
continue-as = Continuar como { $email }
use-another-account = Usar outra conta
switch = Trocar de organização
sign-out = Sair
signing-out = Saindo…
signed-out = Você saiu
signed-out-lead = Em um computador compartilhado, feche também o navegador: sua sessão na organização pode continuar aberta.
signed-out-elsewhere = Você saiu em outra guia, por isso também saiu nesta.
sign-in-again = Entrar de novo

## Problems

problem = Há um problema
title-problem = Erro: { $title }
try-again = Tentar de novo
try-again-at = Tentar de novo com { $name }
start-over = Começar de novo
another-organization = Escolher outra organização
support = Entrar em contato com o suporte
details = Detalhes
code = Código
copy-details = Copiar detalhes para o suporte
copied = Copiado.

check-connection = Verifique sua conexão com a internet e tente de novo.
try-later = Tente de novo. Se continuar acontecendo, avise o suporte.
try-in-a-moment = Tente de novo daqui a pouco.
try-in-minutes = Tente de novo em alguns minutos.
try-simply = Tente de novo.

identifier-empty = Digite seu e-mail de trabalho ou o código da sua organização.
identifier-email-incomplete = O endereço de e-mail não está completo.
identifier-email-incomplete-next = Digite o endereço inteiro, por exemplo, ada@acme.com.
identifier-several = Estes são vários endereços de e-mail.
identifier-several-next = Digite apenas aquele com que você entra.
identifier-windows-name = Este é um nome de login do Windows.
identifier-malformed = Isto não é um endereço de e-mail nem um código de organização.
identifier-malformed-next = Digite um endereço de e-mail, como ada@acme.com, ou um código sem espaços.
identifier-too-long = Isto é mais longo do que um endereço de e-mail ou um código pode ser.
identifier-too-long-next = Verifique o que digitou e digite de novo.

no-match = Não encontramos nenhuma organização para “{ $subject }”.
no-match-next = Verifique se há erros de digitação. Se estiver tudo certo, peça o código da sua organização a alguém da sua equipe ou tente outro e-mail de trabalho.
did-you-mean = Você quis dizer { $domain }?

lookup-unreachable = Não foi possível procurar sua organização: sem conexão.
lookup-timeout = Não foi possível procurar sua organização: demorou demais.
lookup-offline = Não foi possível procurar sua organização: você está offline.
lookup-rate-limited =
    { $count ->
        [one] Muitas tentativas. Você pode tentar de novo em { $count } segundo.
       *[other] Muitas tentativas. Você pode tentar de novo em { $count } segundos.
    }
lookup-rate-limited-unknown = Muitas tentativas.
lookup-unavailable = Não é possível procurar organizações no momento.
lookup-refused = Não podemos fazer essa busca.
lookup-refused-next = Verifique o que você digitou. Se estiver certo, tente o código da sua organização.
lookup-malformed = Recebemos uma resposta que não entendemos.

config-unreachable = Esta página não conseguiu carregar suas configurações: sem conexão.
config-timeout = Esta página não conseguiu carregar suas configurações: demorou demais.
config-offline = Esta página não conseguiu carregar suas configurações: você está offline.
config-wrong = Esta página de login não está configurada corretamente.
config-missing-next = Se você administra este site: coloque um arquivo config.json ao lado de index.html. Caso contrário, avise o suporte.
config-malformed-next = Se você administra este site: corrija o campo abaixo. Caso contrário, avise o suporte.

unknown-issuer = O login da sua organização não está configurado nesta página.
unknown-issuer-next = Avise o suporte e informe o código abaixo.
storage-blocked = Seu navegador não permite que esta página lembre que você está entrando.
storage-blocked-next = Permita os dados do site (cookies) para esta página ou saia da navegação privada e tente de novo.
no-web-crypto = Seu navegador não consegue proteger este login.
no-web-crypto-next = Abra a página com https ou em um navegador atualizado.
session-expired = Sua sessão ficou aberta por tanto tempo que foi encerrada.
session-expired-next = Entre de novo para continuar.
not-found = Esta página não existe.
not-found-next = Comece pela página de login.

callback-empty = Não há nenhum login para concluir aqui.
callback-empty-next = Comece escolhendo sua organização.
callback-foreign = Esta resposta não pertence a um login que você iniciou aqui.
callback-foreign-next = Se você acabou de entrar, comece de novo: o login pode já ter sido concluído, aqui ou em outro navegador.
callback-in-progress = Este login está sendo concluído em outra guia.
callback-in-progress-next = Continue lá ou comece de novo aqui.
callback-unsolicited = Você veio do portal da sua organização, e não podemos aceitar um login assim como está.
callback-unsolicited-next = Escolha sua organização aqui: muito provavelmente você não precisará digitar uma senha de novo.
callback-unsolicited-from = Parece que você veio de { $name }. Para ter certeza de que é você, iniciamos o login mais uma vez a partir daqui.
callback-expired = O login levou mais de dez minutos, por isso o encerramos.
callback-iss-mismatch = A resposta veio de um serviço de login diferente daquele para o qual você foi.
callback-iss-mismatch-next = Comece de novo. Se acontecer outra vez, avise o suporte.
callback-no-code = A resposta da sua organização não estava completa.

provider-access-denied = O login foi cancelado ou sua organização o recusou.
provider-access-denied-next = Tente de novo ou escolha outra organização.
provider-not-assigned = Sua organização conhece você, mas não deu a você acesso a este produto.
provider-not-assigned-next = Peça acesso ao administrador de lá ou escolha outra organização.
provider-account-linked = Sua conta acaba de ser vinculada à sua organização.
provider-account-linked-next = Tente de novo: agora deve funcionar.
provider-operator-check = Seu login foi verificado e recusado.
provider-operator-check-next = O motivo está abaixo. Se ele não ajudar, entre em contato com o administrador da sua organização.
provider-attributes = O serviço de login da sua organização enviou dados sobre você que este produto não consegue usar.
provider-attributes-next = Envie os detalhes abaixo ao seu administrador: o mapeamento de atributos precisa ser alterado.
provider-saml-response = O serviço de login da sua organização deu uma resposta que não pôde ser lida.
provider-saml-response-next = Tente de novo. Se continuar acontecendo, envie os detalhes abaixo ao seu administrador.
provider-certificate = O serviço de login da sua organização assinou a resposta com um certificado que não conhecemos.
provider-certificate-next = Envie os detalhes abaixo ao seu administrador: o certificado pode ter sido renovado.
provider-token-exchange = O serviço de login da sua organização não concluiu a resposta para nós.
provider-token-exchange-next = Tente de novo. Se continuar acontecendo, envie os detalhes abaixo ao seu administrador.
provider-linking = Não foi possível vincular sua conta na organização à sua conta aqui.
provider-unreachable = O serviço de login da sua organização não respondeu.
provider-app-client = O login desta página não está configurado corretamente.
provider-app-client-next = Envie os detalhes abaixo ao suporte.
provider-login-required = Você ainda não tinha entrado.
provider-login-required-next = Tente de novo e entre quando isso for solicitado.
provider-refused = Sua organização recusou o login.
provider-refused-next = Tente de novo ou envie os detalhes abaixo ao seu administrador.

token-unreachable = Não foi possível concluir o login: sem conexão.
token-timeout = Não foi possível concluir o login: demorou demais.
token-offline = Não foi possível concluir o login: você está offline.
token-invalid-grant = O login já foi usado ou demorou demais.
token-refused = O serviço de login se recusou a concluir seu login.
token-refused-next = Tente de novo. Se continuar acontecendo, avise o suporte: o cliente da aplicação pode não estar configurado para uma página da web.
token-unavailable = O serviço de login não está disponível no momento.
checks-failed = O serviço de login deu uma resposta que não passou nas nossas verificações, por isso não concluímos seu login.
checks-failed-next = Tente de novo. Se continuar acontecendo, informe ao suporte o código abaixo.
other-organization = Você voltou com login em uma organização diferente da que escolheu, por isso não concluímos seu login.
other-organization-next = Tente de novo ou escolha a organização em que quer trabalhar.
identities-missing = O serviço de login não confirmou que sua conta pertence a esta organização, por isso não concluímos seu login.
clock-ahead-minutes =
    { $count ->
        [one] O relógio do seu dispositivo parece estar adiantado em cerca de { $count } minuto.
       *[other] O relógio do seu dispositivo parece estar adiantado em cerca de { $count } minutos.
    }
clock-ahead-hours =
    { $count ->
        [one] O relógio do seu dispositivo parece estar adiantado em cerca de { $count } hora.
       *[other] O relógio do seu dispositivo parece estar adiantado em cerca de { $count } horas.
    }
clock-ahead-days =
    { $count ->
        [one] O relógio do seu dispositivo parece estar adiantado em cerca de { $count } dia.
       *[other] O relógio do seu dispositivo parece estar adiantado em cerca de { $count } dias.
    }
clock-behind-minutes =
    { $count ->
        [one] O relógio do seu dispositivo parece estar atrasado em cerca de { $count } minuto.
       *[other] O relógio do seu dispositivo parece estar atrasado em cerca de { $count } minutos.
    }
clock-behind-hours =
    { $count ->
        [one] O relógio do seu dispositivo parece estar atrasado em cerca de { $count } hora.
       *[other] O relógio do seu dispositivo parece estar atrasado em cerca de { $count } horas.
    }
clock-behind-days =
    { $count ->
        [one] O relógio do seu dispositivo parece estar atrasado em cerca de { $count } dia.
       *[other] O relógio do seu dispositivo parece estar atrasado em cerca de { $count } dias.
    }
clock-next = Ajuste a data e a hora do seu dispositivo (automaticamente, se possível) e tente de novo.
keys-unreachable = Não foi possível verificar a resposta da sua organização: sem conexão.
keys-timeout = Não foi possível verificar a resposta da sua organização: demorou demais.
keys-offline = Não foi possível verificar a resposta da sua organização: você está offline.
keys-malformed = Não foi possível verificar a resposta da sua organização.

crashed = Esta página parou de funcionar no seu navegador.
crashed-next = Carregue-a novamente. Se isso não resolver, atualize o navegador ou tente outro.
