# Japanese

## The form

sign-in = サインイン
sign-in-lead = 組織を検索して、その組織のアカウントでサインインします。
field = 職場のメールアドレスまたは組織コード
field-hint = 例: ada@acme.com、acme.com、または acme のようなコード
continue = 続行
looking-up = 組織を検索しています…
still-looking = まだ検索しています…
cancel = キャンセル
loading = 読み込んでいます…
use-another-organization = 別の組織を使用する
do-not-remember = このデバイスに組織を保存しない
cannot-remember = お使いのブラウザーでは、このページが組織をこのデバイスに保存できません。
back-to = { $name } にサインインしています
return-to-dropped = ここへ移動する際に使用したリンクには、許可リストにないアドレスへの移動が含まれていました。サインインはできますが、その後もこのサイトにとどまります。
third-party-unknown = ここへ移動する際に使用したリンクには、このページが認識できないサインインサービスが指定されていたため、その内容は使用しませんでした。
offline = オフラインです。接続が回復すると続行できます。
stuck-question = サインインページで先に進めない場合
stuck-answer = 組織のサインインページにエラーが表示される場合や、先に進めない場合は、このページに戻り、ここからやり直してください。毎回発生する場合は、組織の管理者に知らせるか、サポートに問い合わせてください。
language = 言語

## Organizations used before

recents = このデバイスで使用した組織
continue-to = { $name } に進む
edit = 編集
done = 完了
forget = { $name } を一覧から削除
forget-all = 一覧からすべて削除
forgotten = { $name } を一覧から削除しました。
forgotten-all = すべての組織を一覧から削除しました。

## Several organizations

choose = 組織を選択
your-organizations = 自分の組織
filter = 組織を検索
found =
    { $count ->
       *[other] { $count } 件の組織
    }
found-none = 一覧に一致する組織はありません。
use-another = 別のメールアドレスまたはコードを使用する

## Leaving

taking-you-to = { $name } に移動しています
sign-in-at = サインイン先は { $host } です。
not-yours = 自分の組織ではない場合
stuck = 何も起こらない場合や、別のページで先に進めない場合は、ここに戻り、「キャンセル」を選択してやり直してください。

## Signed in, signed out

signing-in = サインインしています…
signed-in-to = { $name } にサインイン済み
signed-in-as = { $email } としてサインインしています
other-account = { $typed } と入力しましたが、組織のサインインで別のアカウントが選ばれました。
continue-as = { $email } として続行
use-another-account = 別のアカウントを使用する
switch = 組織を切り替える
sign-out = サインアウト
signing-out = サインアウトしています…
signed-out = サインアウトしました
signed-out-lead = 共有のコンピューターでは、ブラウザーも閉じてください。組織側ではまだサインインしたままの可能性があります。
signed-out-elsewhere = 別のタブでサインアウトしたため、このタブでもサインアウトしました。
sign-in-again = もう一度サインイン

## Problems

problem = 問題が発生しました
title-problem = エラー: { $title }
try-again = 再試行
try-again-at = { $name } で再試行
start-over = やり直す
another-organization = 別の組織を選択
support = サポートに問い合わせる
details = 詳細
code = コード
copy-details = サポート用に詳細をコピー
copied = コピーしました。

check-connection = インターネット接続を確認して、もう一度お試しください。
try-later = もう一度お試しください。問題が続く場合は、サポートに知らせてください。
try-in-a-moment = しばらくしてからもう一度お試しください。
try-in-minutes = 数分後にもう一度お試しください。
try-simply = もう一度お試しください。

identifier-empty = 職場のメールアドレスまたは組織のコードを入力してください。
identifier-email-incomplete = メールアドレスが最後まで入力されていません。
identifier-email-incomplete-next = ada@acme.com のように、すべて入力してください。
identifier-several = メールアドレスが複数あります。
identifier-several-next = サインインに使うものを 1 つだけ入力してください。
identifier-windows-name = これは Windows のサインイン名です。
identifier-malformed = メールアドレスでも組織コードでもありません。
identifier-malformed-next = ada@acme.com のようなメールアドレス、またはスペースを含まないコードを入力してください。
identifier-too-long = メールアドレスまたはコードとしては長すぎます。
identifier-too-long-next = 内容を確認して、もう一度入力してください。

no-match = 「{ $subject }」に一致する組織は見つかりませんでした。
no-match-next = 入力ミスがないか確認してください。正しい場合は、同僚に組織のコードを尋ねるか、職場の別のメールアドレスをお試しください。
did-you-mean = { $domain } ですか？

lookup-unreachable = 組織を検索できませんでした: 接続がありません。
lookup-timeout = 組織を検索できませんでした: 時間がかかりすぎました。
lookup-offline = 組織を検索できませんでした: オフラインです。
lookup-rate-limited =
    { $count ->
       *[other] 試行回数が多すぎます。{ $count } 秒後にもう一度試すことができます。
    }
lookup-rate-limited-unknown = 試行回数が多すぎます。
lookup-unavailable = 現在、組織を検索できません。
lookup-refused = その内容では検索できません。
lookup-refused-next = 入力した内容を確認してください。正しい場合は、組織のコードをお試しください。
lookup-malformed = 解釈できない応答を受け取りました。

config-unreachable = このページの設定を読み込めませんでした: 接続がありません。
config-timeout = このページの設定を読み込めませんでした: 時間がかかりすぎました。
config-offline = このページの設定を読み込めませんでした: オフラインです。
config-wrong = このサインインページは正しく設定されていません。
config-missing-next = このサイトの運営者の場合: index.html と同じ場所に config.json を置いてください。それ以外の場合は、サポートに知らせてください。
config-malformed-next = このサイトの運営者の場合: 以下の項目を修正してください。それ以外の場合は、サポートに知らせてください。

unknown-issuer = 組織のサインインがこのページに設定されていません。
unknown-issuer-next = サポートに知らせてください。その際、以下のコードが必要です。
storage-blocked = お使いのブラウザーでは、サインイン中であることをこのページが保存できません。
storage-blocked-next = このページのサイトデータ (Cookie) を許可するか、プライベートブラウズを終了して、もう一度お試しください。
no-web-crypto = お使いのブラウザーでは、このサインインを保護できません。
no-web-crypto-next = ページを https で開くか、最新のブラウザーで開いてください。
session-expired = サインインしてから時間がたったため、セッションが終了しました。
session-expired-next = 続行するには、もう一度サインインしてください。
not-found = このページは存在しません。
not-found-next = サインインページから始めてください。

callback-empty = ここで完了するサインインはありません。
callback-empty-next = まず組織を選択してください。
callback-foreign = この応答は、ここで開始したサインインのものではありません。
callback-foreign-next = サインインした直後の場合は、やり直してください。すでに完了したか、別のブラウザーで完了した可能性があります。
callback-in-progress = このサインインは別のタブで処理されています。
callback-in-progress-next = そのタブで続行するか、ここでやり直してください。
callback-unsolicited = 組織のポータルからアクセスしていますが、このようなサインインはそのまま受け付けることができません。
callback-unsolicited-next = ここで組織を選択してください。ほとんどの場合、パスワードをもう一度入力する必要はありません。
callback-unsolicited-from = { $name } からアクセスしているようです。ご本人であることを確認するため、ここからもう一度サインインを開始します。
callback-expired = サインインに 10 分を超える時間がかかったため、終了しました。
callback-iss-mismatch = 移動先とは別のサインインサービスから応答がありました。
callback-iss-mismatch-next = やり直してください。もう一度発生する場合は、サポートに知らせてください。
callback-no-code = 組織からの応答が不完全でした。

provider-access-denied = サインインがキャンセルされたか、組織によって拒否されました。
provider-access-denied-next = もう一度試すか、別の組織を選択してください。
provider-not-assigned = 組織にアカウントはありますが、この製品へのアクセス権が付与されていません。
provider-not-assigned-next = その組織の管理者にアクセス権を依頼するか、別の組織を選択してください。
provider-account-linked = アカウントがたった今、組織にリンクされました。
provider-account-linked-next = もう一度お試しください。今度はサインインできるはずです。
provider-operator-check = サインインは確認の結果、拒否されました。
provider-operator-check-next = 理由は以下のとおりです。解決しない場合は、組織の管理者に問い合わせてください。
provider-attributes = 組織のサインインサービスから、この製品で使用できないユーザー情報が送信されました。
provider-attributes-next = 以下の詳細を管理者に送信してください。属性のマッピングを変更する必要があります。
provider-saml-response = 組織のサインインサービスからの応答を読み取れませんでした。
provider-saml-response-next = もう一度お試しください。問題が続く場合は、以下の詳細を管理者に送信してください。
provider-certificate = 組織のサインインサービスからの応答は、不明な証明書で署名されていました。
provider-certificate-next = 以下の詳細を管理者に送信してください。証明書が更新された可能性があります。
provider-token-exchange = 組織のサインインサービスからの応答が完了しませんでした。
provider-token-exchange-next = もう一度お試しください。問題が続く場合は、以下の詳細を管理者に送信してください。
provider-linking = 組織のアカウントをここのアカウントに連携できませんでした。
provider-unreachable = 組織のサインインサービスから応答がありませんでした。
provider-app-client = このページのサインインは正しく設定されていません。
provider-app-client-next = 以下の詳細をサポートに送信してください。
provider-login-required = まだサインインしていませんでした。
provider-login-required-next = もう一度試し、求められたらサインインしてください。
provider-refused = 組織がサインインを拒否しました。
provider-refused-next = もう一度試すか、以下の詳細を管理者に送信してください。

token-unreachable = サインインを完了できませんでした: 接続がありません。
token-timeout = サインインを完了できませんでした: 時間がかかりすぎました。
token-offline = サインインを完了できませんでした: オフラインです。
token-invalid-grant = このサインインはすでに使用されたか、時間がかかりすぎました。
token-refused = サインインサービスがサインインの完了を拒否しました。
token-refused-next = もう一度お試しください。問題が続く場合は、サポートに知らせてください。アプリケーションクライアントが Web ページ用に設定されていない可能性があります。
token-unavailable = サインインサービスは現在利用できません。
checks-failed = サインインサービスの応答が確認に合格しなかったため、サインインしませんでした。
checks-failed-next = もう一度お試しください。問題が続く場合は、以下のコードをサポートに知らせてください。
other-organization = 選択した組織とは別の組織にサインインした状態で戻ってきたため、サインインしませんでした。
other-organization-next = もう一度試すか、作業する組織を選択してください。
identities-missing = アカウントがこの組織に属することをサインインサービスが示さなかったため、サインインしませんでした。
clock-ahead-minutes =
    { $count ->
       *[other] デバイスの時計が約 { $count } 分進んでいるようです。
    }
clock-ahead-hours =
    { $count ->
       *[other] デバイスの時計が約 { $count } 時間進んでいるようです。
    }
clock-ahead-days =
    { $count ->
       *[other] デバイスの時計が約 { $count } 日進んでいるようです。
    }
clock-behind-minutes =
    { $count ->
       *[other] デバイスの時計が約 { $count } 分遅れているようです。
    }
clock-behind-hours =
    { $count ->
       *[other] デバイスの時計が約 { $count } 時間遅れているようです。
    }
clock-behind-days =
    { $count ->
       *[other] デバイスの時計が約 { $count } 日遅れているようです。
    }
clock-next = デバイスの日付と時刻を設定し (可能であれば自動で)、もう一度お試しください。
keys-unreachable = 組織からの応答を確認できませんでした: 接続がありません。
keys-timeout = 組織からの応答を確認できませんでした: 時間がかかりすぎました。
keys-offline = 組織からの応答を確認できませんでした: オフラインです。
keys-malformed = 組織からの応答を確認できませんでした。

crashed = このページはお使いのブラウザーで動作しなくなりました。
crashed-next = 再読み込みしてください。それでも直らない場合は、ブラウザーを更新するか、別のブラウザーをお試しください。
