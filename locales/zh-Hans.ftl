# Chinese (Simplified)

## The form

sign-in = 登录
sign-in-lead = 查找您的组织，然后通过它登录。
field = 工作邮箱或组织代码
field-hint = 例如 ada@acme.com、acme.com，或 acme 这样的代码
continue = 继续
looking-up = 正在查找您的组织…
still-looking = 仍在查找…
cancel = 取消
loading = 正在加载…
use-another-organization = 使用其他组织
do-not-remember = 不在此设备上记住我的组织
cannot-remember = 您的浏览器不允许此页面在此设备上记住组织。
back-to = 您已登录 { $name }
return-to-dropped = 您打开的链接原本要在登录后将您转到另一个地址，但该地址不在我们的列表中。您可以登录，之后会留在这里。
third-party-unknown = 您打开的链接指定了此页面不认识的登录服务，因此我们没有采用其中的内容。
offline = 您已离线。恢复连接后即可继续。
stuck-question = 在登录页面上遇到困难？
stuck-answer = 如果您组织的登录页面显示错误或无法继续，可回到此页面，从这里重新开始。如果每次都这样，可告知您组织的管理员，或联系支持人员。
language = 语言

## Organizations used before

recents = 您在此设备上使用过的组织
continue-to = 继续前往 { $name }
edit = 编辑
done = 完成
forget = 移除 { $name }
forget-all = 全部移除
forgotten = 已移除 { $name }。
forgotten-all = 已移除所有组织。

## Several organizations

choose = 选择您的组织
your-organizations = 您的组织
filter = 搜索组织
found =
    { $count ->
       *[other] { $count } 个组织
    }
found-none = 列表中没有匹配的组织。
use-another = 使用其他邮箱或代码

## Leaving

taking-you-to = 正在前往 { $name }
sign-in-at = 登录页面位于 { $host }。
not-yours = 不是您的组织？
stuck = 没有反应，或者停在了其他页面？回到这里，选择“取消”即可重新开始。

## Signed in, signed out

signing-in = 正在登录…
signed-in-to = 已登录 { $name }
signed-in-as = 您已以 { $email } 的身份登录
other-account = 您输入的是 { $typed }，但您组织的登录选择了另一个帐户。
continue-as = 以 { $email } 继续
use-another-account = 使用其他帐户
switch = 切换组织
sign-out = 退出登录
signing-out = 正在退出登录…
signed-out = 您已退出登录
signed-out-lead = 如果使用的是共用电脑，还需关闭浏览器：您在组织那边可能仍处于登录状态。
signed-out-elsewhere = 您已在另一个标签页中退出登录，因此此标签页也已退出。
sign-in-again = 重新登录

## Problems

problem = 出现问题
title-problem = 错误：{ $title }
try-again = 重试
try-again-at = 使用 { $name } 重试
start-over = 重新开始
another-organization = 选择其他组织
support = 联系支持人员
details = 详细信息
code = 代码
copy-details = 复制详细信息以提供给支持人员
copied = 已复制。

check-connection = 检查网络连接，然后重试。
try-later = 再试一次。如果问题仍然存在，可联系支持人员。
try-in-a-moment = 稍后再试。
try-in-minutes = 过几分钟再试。
try-simply = 再试一次。

identifier-empty = 输入您的工作邮箱或组织代码。
identifier-email-incomplete = 邮箱地址不完整。
identifier-email-incomplete-next = 输入完整的地址，例如 ada@acme.com。
identifier-several = 这是多个邮箱地址。
identifier-several-next = 只输入您用来登录的那一个。
identifier-windows-name = 这是 Windows 登录名。
identifier-malformed = 这既不是邮箱地址，也不是组织代码。
identifier-malformed-next = 输入 ada@acme.com 这样的邮箱地址，或不含空格的代码。
identifier-too-long = 输入的内容超出了邮箱地址或代码的最大长度。
identifier-too-long-next = 检查后重新输入。

no-match = 未找到与“{ $subject }”对应的组织。
no-match-next = 检查是否有输入错误。如果没有错误，可向同事询问您组织的代码，或换一个工作邮箱试试。
did-you-mean = 您要找的是 { $domain } 吗？

lookup-unreachable = 无法查找您的组织：没有连接。
lookup-timeout = 无法查找您的组织：等待时间过长。
lookup-offline = 无法查找您的组织：您已离线。
lookup-rate-limited =
    { $count ->
       *[other] 尝试次数过多。{ $count } 秒后可以重试。
    }
lookup-rate-limited-unknown = 尝试次数过多。
lookup-unavailable = 目前无法查找组织。
lookup-refused = 无法查找此内容。
lookup-refused-next = 检查您输入的内容。如果没有错误，可以试试您组织的代码。
lookup-malformed = 我们收到了无法理解的响应。

config-unreachable = 此页面无法加载其设置：没有连接。
config-timeout = 此页面无法加载其设置：等待时间过长。
config-offline = 此页面无法加载其设置：您已离线。
config-wrong = 此登录页面未正确设置。
config-missing-next = 如果您负责运营此网站：将 config.json 放在 index.html 旁边。否则，可联系支持人员。
config-malformed-next = 如果您负责运营此网站：更正下方的字段。否则，可联系支持人员。

unknown-issuer = 此页面尚未设置您组织的登录。
unknown-issuer-next = 将此情况告知支持人员。他们需要下方的代码。
storage-blocked = 您的浏览器不允许此页面记住您正在登录。
storage-blocked-next = 允许此页面使用网站数据 (Cookie)，或退出无痕浏览，然后重试。
no-web-crypto = 您的浏览器无法保护此次登录。
no-web-crypto-next = 使用 https 打开此页面，或使用最新版本的浏览器打开。
session-expired = 您的登录时间过长，会话已结束。
session-expired-next = 重新登录即可继续。
not-found = 此页面不存在。
not-found-next = 从登录页面开始。

callback-empty = 这里没有需要完成的登录。
callback-empty-next = 先选择您的组织。
callback-foreign = 此响应不属于您在这里开始的登录。
callback-foreign-next = 如果您刚刚登录，重新开始即可：该登录可能已经完成，或者是在另一个浏览器中完成的。
callback-in-progress = 此次登录正在另一个标签页中完成。
callback-in-progress-next = 在那里继续，或在这里重新开始。
callback-unsolicited = 您来自组织自己的门户，我们不能直接接受这样的登录。
callback-unsolicited-next = 在这里选择您的组织：您很可能不需要再次输入密码。
callback-unsolicited-from = 您似乎来自 { $name }。为确认是您本人，我们将从这里再次开始登录。
callback-expired = 登录用时超过十分钟，我们已将其结束。
callback-iss-mismatch = 响应来自另一个登录服务，而不是您前往的那个。
callback-iss-mismatch-next = 重新开始。如果再次出现，可联系支持人员。
callback-no-code = 您组织的响应不完整。

provider-access-denied = 登录已取消，或被您的组织拒绝。
provider-access-denied-next = 再试一次，或选择其他组织。
provider-not-assigned = 您的组织认识您，但尚未授予您访问此产品的权限。
provider-not-assigned-next = 联系该组织的管理员获取访问权限，或选择其他组织。
provider-account-linked = 您的帐户刚刚已关联到您的组织。
provider-account-linked-next = 再试一次：现在应该可以了。
provider-operator-check = 您的登录经过检查后被拒绝。
provider-operator-check-next = 原因见下方。如果没有帮助，可联系您组织的管理员。
provider-attributes = 您组织的登录服务发送了此产品无法使用的个人信息。
provider-attributes-next = 将下方的详细信息发送给管理员：需要更改属性映射。
provider-saml-response = 您组织的登录服务给出了无法读取的响应。
provider-saml-response-next = 再试一次。如果问题仍然存在，可将下方的详细信息发送给管理员。
provider-certificate = 您组织的登录服务使用了我们不认识的证书对响应进行签名。
provider-certificate-next = 将下方的详细信息发送给管理员：证书可能已更新。
provider-token-exchange = 您组织的登录服务未能完成对我们的响应。
provider-token-exchange-next = 再试一次。如果问题仍然存在，可将下方的详细信息发送给管理员。
provider-linking = 您在组织的帐户无法与这里的帐户关联。
provider-unreachable = 您组织的登录服务没有响应。
provider-app-client = 此页面的登录未正确设置。
provider-app-client-next = 将下方的详细信息发送给支持人员。
provider-login-required = 您尚未登录。
provider-login-required-next = 再试一次，并在出现提示时登录。
provider-refused = 您的组织拒绝了此次登录。
provider-refused-next = 再试一次，或将下方的详细信息发送给管理员。

token-unreachable = 无法完成登录：没有连接。
token-timeout = 无法完成登录：等待时间过长。
token-offline = 无法完成登录：您已离线。
token-invalid-grant = 此次登录已被使用，或用时过长。
token-refused = 登录服务拒绝完成您的登录。
token-refused-next = 再试一次。如果问题仍然存在，可联系支持人员：应用程序客户端可能未针对网页进行设置。
token-unavailable = 登录服务目前不可用。
checks-failed = 登录服务的响应未通过我们的检查，因此我们没有让您登录。
checks-failed-next = 再试一次。如果问题仍然存在，可将下方的代码告知支持人员。
other-organization = 您返回时登录的组织与您选择的不同，因此我们没有让您登录。
other-organization-next = 再试一次，或选择您要使用的组织。
identities-missing = 登录服务未表明您的帐户属于此组织，因此我们没有让您登录。
clock-ahead-minutes =
    { $count ->
       *[other] 您设备的时钟似乎快了约 { $count } 分钟。
    }
clock-ahead-hours =
    { $count ->
       *[other] 您设备的时钟似乎快了约 { $count } 小时。
    }
clock-ahead-days =
    { $count ->
       *[other] 您设备的时钟似乎快了约 { $count } 天。
    }
clock-behind-minutes =
    { $count ->
       *[other] 您设备的时钟似乎慢了约 { $count } 分钟。
    }
clock-behind-hours =
    { $count ->
       *[other] 您设备的时钟似乎慢了约 { $count } 小时。
    }
clock-behind-days =
    { $count ->
       *[other] 您设备的时钟似乎慢了约 { $count } 天。
    }
clock-next = 设置设备的日期和时间（如果可以，设为自动），然后重试。
keys-unreachable = 无法验证您组织的响应：没有连接。
keys-timeout = 无法验证您组织的响应：等待时间过长。
keys-offline = 无法验证您组织的响应：您已离线。
keys-malformed = 无法验证您组织的响应。

crashed = 此页面在您的浏览器中停止工作了。
crashed-next = 请重新加载。如果仍然不行，请更新浏览器或换用其他浏览器。
