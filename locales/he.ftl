# Hebrew

## The form

sign-in = כניסה
sign-in-lead = חפשו את הארגון שלכם כדי להיכנס באמצעותו.
field = אימייל של העבודה או קוד ארגון
field-hint = לדוגמה ada@acme.com או acme.com או קוד כמו acme
continue = המשך
looking-up = מתבצע חיפוש של הארגון שלכם…
still-looking = החיפוש עדיין נמשך…
cancel = ביטול
loading = בטעינה…
use-another-organization = שימוש בארגון אחר
do-not-remember = לא לזכור את הארגון שלי במכשיר הזה
cannot-remember = הדפדפן שלכם לא מאפשר לדף הזה לזכור ארגונים במכשיר הזה.
back-to = אתם מחוברים אל { $name }
return-to-dropped = הקישור שהביא אתכם לכאן היה אמור להעביר אתכם לכתובת שלא נמצאת ברשימה שלנו. אפשר להיכנס, ולאחר מכן תישארו כאן.
third-party-unknown = הקישור שהביא אתכם לכאן מציין שירות כניסה שהדף הזה לא מכיר, ולכן לא השתמשנו במה שכתוב בו.
offline = אין חיבור לאינטרנט. אפשר יהיה להמשיך ברגע שהחיבור יחזור.
stuck-question = נתקעתם בדף כניסה?
stuck-answer = אם בדף הכניסה של הארגון שלכם מופיעה שגיאה או שאי אפשר להמשיך ממנו, חזרו לדף הזה והתחילו מכאן מחדש. אם זה קורה בכל פעם, דווחו למנהל המערכת של הארגון שלכם או פנו לתמיכה.
language = שפה

## Organizations used before

recents = ארגונים שהשתמשתם בהם במכשיר הזה
continue-to = המשך אל { $name }
edit = עריכה
done = סיום
forget = הסרת { $name } מהרשימה
forget-all = הסרת הכול מהרשימה
forgotten = הארגון { $name } הוסר מהרשימה.
forgotten-all = כל הארגונים הוסרו מהרשימה.

## Several organizations

choose = בחרו את הארגון שלכם
your-organizations = הארגונים שלכם
filter = חיפוש ארגונים
found =
    { $count ->
        [one] ארגון אחד
        [two] שני ארגונים
       *[other] { $count } ארגונים
    }
found-none = אין ברשימה ארגון מתאים.
use-another = שימוש באימייל או בקוד אחר

## Leaving

taking-you-to = מעבירים אתכם אל { $name }
sign-in-at = הכניסה מתבצעת בכתובת { $host }.
not-yours = זה לא הארגון שלכם?
stuck = לא קורה כלום, או שנתקעתם בדף אחר? חזרו לכאן ובחרו ”ביטול” כדי להתחיל מחדש.

## Signed in, signed out

signing-in = מתבצעת כניסה…
signed-in-to = נכנסתם אל { $name }
signed-in-as = אתם מחוברים בתור { $email }
other-account = הזנתם { $typed }, אבל הכניסה של הארגון שלכם בחרה חשבון אחר.
continue-as = המשך בתור { $email }
use-another-account = שימוש בחשבון אחר
switch = החלפת ארגון
sign-out = יציאה
signing-out = מתבצעת יציאה…
signed-out = יצאתם מהחשבון
signed-out-lead = במחשב משותף, סגרו גם את הדפדפן: ייתכן שאתם עדיין מחוברים בארגון שלכם.
signed-out-elsewhere = יצאתם מהחשבון בכרטיסייה אחרת, ולכן יצאתם ממנו גם בכרטיסייה הזאת.
sign-in-again = כניסה חוזרת

## Problems

problem = יש בעיה
title-problem = שגיאה: { $title }
try-again = ניסיון נוסף
try-again-at = ניסיון נוסף עם { $name }
start-over = התחלה מחדש
another-organization = בחירת ארגון אחר
support = פנייה לתמיכה
details = פרטים
code = קוד
copy-details = העתקת הפרטים עבור התמיכה
copied = הועתק.

check-connection = בדקו את החיבור לאינטרנט ונסו שוב.
try-later = נסו שוב. אם זה ממשיך לקרות, דווחו לתמיכה.
try-in-a-moment = נסו שוב עוד רגע.
try-in-minutes = נסו שוב בעוד כמה דקות.
try-simply = נסו שוב.

identifier-empty = הזינו את האימייל של העבודה או את קוד הארגון שלכם.
identifier-email-incomplete = כתובת האימייל לא שלמה.
identifier-email-incomplete-next = הזינו את הכתובת המלאה, לדוגמה ada@acme.com.
identifier-several = אלה כמה כתובות אימייל.
identifier-several-next = הזינו רק את הכתובת שאיתה אתם נכנסים.
identifier-windows-name = זה שם כניסה של Windows.
identifier-malformed = זו לא כתובת אימייל וגם לא קוד ארגון.
identifier-malformed-next = הזינו כתובת אימייל כמו ada@acme.com, או קוד ללא רווחים.
identifier-too-long = זה ארוך יותר ממה שכתובת אימייל או קוד יכולים להיות.
identifier-too-long-next = בדקו את מה שהזנתם והזינו שוב.

no-match = לא מצאנו ארגון עבור ”{ $subject }”.
no-match-next = בדקו אם יש שגיאות הקלדה. אם הכול נכון, בקשו ממישהו בעבודה את קוד הארגון שלכם, או נסו אימייל אחר של העבודה.
did-you-mean = האם התכוונתם אל { $domain }?

lookup-unreachable = לא הצלחנו לחפש את הארגון שלכם: אין חיבור.
lookup-timeout = לא הצלחנו לחפש את הארגון שלכם: זה נמשך יותר מדי זמן.
lookup-offline = לא הצלחנו לחפש את הארגון שלכם: אין לכם חיבור לאינטרנט.
lookup-rate-limited =
    { $count ->
        [one] יותר מדי ניסיונות. אפשר לנסות שוב בעוד שנייה אחת.
        [two] יותר מדי ניסיונות. אפשר לנסות שוב בעוד שתי שניות.
       *[other] יותר מדי ניסיונות. אפשר לנסות שוב בעוד { $count } שניות.
    }
lookup-rate-limited-unknown = יותר מדי ניסיונות.
lookup-unavailable = אי אפשר לחפש ארגונים כרגע.
lookup-refused = אי אפשר לחפש את זה.
lookup-refused-next = בדקו את מה שהזנתם. אם זה נכון, נסו את קוד הארגון שלכם.
lookup-malformed = קיבלנו תשובה שאנחנו לא מבינים.

config-unreachable = הדף הזה לא הצליח לטעון את ההגדרות שלו: אין חיבור.
config-timeout = הדף הזה לא הצליח לטעון את ההגדרות שלו: זה נמשך יותר מדי זמן.
config-offline = הדף הזה לא הצליח לטעון את ההגדרות שלו: אין לכם חיבור לאינטרנט.
config-wrong = דף הכניסה הזה לא מוגדר כראוי.
config-missing-next = אם אתם מפעילים את האתר הזה: הניחו קובץ config.json ליד index.html. אחרת, דווחו לתמיכה.
config-malformed-next = אם אתם מפעילים את האתר הזה: תקנו את השדה שמופיע למטה. אחרת, דווחו לתמיכה.

unknown-issuer = הכניסה של הארגון שלכם לא מוגדרת בדף הזה.
unknown-issuer-next = דווחו על כך לתמיכה. הם צריכים את הקוד שמופיע למטה.
storage-blocked = הדפדפן שלכם לא מאפשר לדף הזה לזכור שאתם בתהליך כניסה.
storage-blocked-next = אפשרו נתוני אתרים (קובצי cookie) לדף הזה, או צאו מהגלישה הפרטית, ונסו שוב.
no-web-crypto = הדפדפן שלכם לא יכול להגן על הכניסה הזאת.
no-web-crypto-next = פתחו את הדף עם https, או בדפדפן מעודכן.
session-expired = הייתם מחוברים זמן רב כל כך, שהחיבור הסתיים.
session-expired-next = היכנסו שוב כדי להמשיך.
not-found = הדף הזה לא קיים.
not-found-next = התחילו מדף הכניסה.

callback-empty = אין כאן כניסה שצריך להשלים.
callback-empty-next = התחילו בבחירת הארגון שלכם.
callback-foreign = התשובה הזאת לא שייכת לכניסה שהתחלתם כאן.
callback-foreign-next = אם נכנסתם זה עתה, התחילו מחדש: ייתכן שהכניסה כבר הושלמה, כאן או בדפדפן אחר.
callback-in-progress = הכניסה הזאת נמצאת בתהליך השלמה בכרטיסייה אחרת.
callback-in-progress-next = המשיכו שם, או התחילו מחדש כאן.
callback-unsolicited = הגעתם מהפורטל של הארגון שלכם, ואנחנו לא יכולים לקבל כניסה כזאת כמו שהיא.
callback-unsolicited-next = בחרו כאן את הארגון שלכם: קרוב לוודאי שלא תצטרכו להקליד סיסמה שוב.
callback-unsolicited-from = נראה שהגעתם מ־{ $name }. כדי לוודא שאלה אתם, אנחנו מתחילים את הכניסה פעם נוספת מכאן.
callback-expired = הכניסה נמשכה יותר מעשר דקות, ולכן סיימנו אותה.
callback-iss-mismatch = התשובה הגיעה משירות כניסה אחר מזה שעברתם אליו.
callback-iss-mismatch-next = התחילו מחדש. אם זה קורה שוב, דווחו לתמיכה.
callback-no-code = התשובה של הארגון שלכם לא הייתה שלמה.

provider-access-denied = הכניסה בוטלה, או שהארגון שלכם דחה אותה.
provider-access-denied-next = נסו שוב, או בחרו ארגון אחר.
provider-not-assigned = הארגון שלכם מכיר אתכם, אבל לא נתן לכם גישה למוצר הזה.
provider-not-assigned-next = בקשו גישה ממנהל המערכת שם, או בחרו ארגון אחר.
provider-account-linked = החשבון שלכם קושר זה עתה לארגון שלכם.
provider-account-linked-next = נסו שוב: עכשיו זה אמור לעבוד.
provider-operator-check = הכניסה שלכם נבדקה ונדחתה.
provider-operator-check-next = הסיבה מופיעה למטה. אם היא לא עוזרת, פנו למנהל המערכת של הארגון שלכם.
provider-attributes = שירות הכניסה של הארגון שלכם שלח מידע עליכם שהמוצר הזה לא יכול להשתמש בו.
provider-attributes-next = שלחו למנהל המערכת את הפרטים שמופיעים למטה: צריך לשנות את מיפוי המאפיינים.
provider-saml-response = שירות הכניסה של הארגון שלכם נתן תשובה שאי אפשר היה לקרוא.
provider-saml-response-next = נסו שוב. אם זה ממשיך לקרות, שלחו למנהל המערכת את הפרטים שמופיעים למטה.
provider-certificate = שירות הכניסה של הארגון שלכם חתם על התשובה באישור דיגיטלי שאנחנו לא מכירים.
provider-certificate-next = שלחו למנהל המערכת את הפרטים שמופיעים למטה: ייתכן שהאישור הדיגיטלי חודש.
provider-token-exchange = שירות הכניסה של הארגון שלכם לא השלים את התשובה אלינו.
provider-token-exchange-next = נסו שוב. אם זה ממשיך לקרות, שלחו למנהל המערכת את הפרטים שמופיעים למטה.
provider-linking = לא הצלחנו לקשר את החשבון שלכם בארגון לחשבון שלכם כאן.
provider-unreachable = שירות הכניסה של הארגון שלכם לא השיב.
provider-app-client = הכניסה של הדף הזה לא מוגדרת כראוי.
provider-app-client-next = שלחו לתמיכה את הפרטים שמופיעים למטה.
provider-login-required = עדיין לא נכנסתם לחשבון.
provider-login-required-next = נסו שוב, והיכנסו כשתתבקשו.
provider-refused = הארגון שלכם דחה את הכניסה.
provider-refused-next = נסו שוב, או שלחו למנהל המערכת את הפרטים שמופיעים למטה.

token-unreachable = לא הצלחנו להשלים את הכניסה: אין חיבור.
token-timeout = לא הצלחנו להשלים את הכניסה: זה נמשך יותר מדי זמן.
token-offline = לא הצלחנו להשלים את הכניסה: אין לכם חיבור לאינטרנט.
token-invalid-grant = הכניסה כבר נוצלה, או שנמשכה יותר מדי זמן.
token-refused = שירות הכניסה סירב להשלים את הכניסה שלכם.
token-refused-next = נסו שוב. אם זה ממשיך לקרות, דווחו לתמיכה: ייתכן שה־app client לא מוגדר לדף אינטרנט.
token-unavailable = שירות הכניסה לא זמין כרגע.
checks-failed = שירות הכניסה נתן תשובה שלא עברה את הבדיקות שלנו, ולכן לא השלמנו את הכניסה שלכם.
checks-failed-next = נסו שוב. אם זה ממשיך לקרות, מסרו לתמיכה את הקוד שמופיע למטה.
other-organization = חזרתם עם כניסה לארגון אחר מזה שבחרתם, ולכן לא השלמנו את הכניסה שלכם.
other-organization-next = נסו שוב, או בחרו את הארגון שבו אתם רוצים לעבוד.
identities-missing = שירות הכניסה לא אישר שהחשבון שלכם שייך לארגון הזה, ולכן לא השלמנו את הכניסה שלכם.
clock-ahead-minutes =
    { $count ->
        [one] נראה שהשעון במכשיר שלכם ממהר בדקה אחת בערך.
        [two] נראה שהשעון במכשיר שלכם ממהר בשתי דקות בערך.
       *[other] נראה שהשעון במכשיר שלכם ממהר ב־{ $count } דקות בערך.
    }
clock-ahead-hours =
    { $count ->
        [one] נראה שהשעון במכשיר שלכם ממהר בשעה אחת בערך.
        [two] נראה שהשעון במכשיר שלכם ממהר בשעתיים בערך.
       *[other] נראה שהשעון במכשיר שלכם ממהר ב־{ $count } שעות בערך.
    }
clock-ahead-days =
    { $count ->
        [one] נראה שהשעון במכשיר שלכם ממהר ביום אחד בערך.
        [two] נראה שהשעון במכשיר שלכם ממהר ביומיים בערך.
       *[other] נראה שהשעון במכשיר שלכם ממהר ב־{ $count } ימים בערך.
    }
clock-behind-minutes =
    { $count ->
        [one] נראה שהשעון במכשיר שלכם מאחר בדקה אחת בערך.
        [two] נראה שהשעון במכשיר שלכם מאחר בשתי דקות בערך.
       *[other] נראה שהשעון במכשיר שלכם מאחר ב־{ $count } דקות בערך.
    }
clock-behind-hours =
    { $count ->
        [one] נראה שהשעון במכשיר שלכם מאחר בשעה אחת בערך.
        [two] נראה שהשעון במכשיר שלכם מאחר בשעתיים בערך.
       *[other] נראה שהשעון במכשיר שלכם מאחר ב־{ $count } שעות בערך.
    }
clock-behind-days =
    { $count ->
        [one] נראה שהשעון במכשיר שלכם מאחר ביום אחד בערך.
        [two] נראה שהשעון במכשיר שלכם מאחר ביומיים בערך.
       *[other] נראה שהשעון במכשיר שלכם מאחר ב־{ $count } ימים בערך.
    }
clock-next = הגדירו את התאריך והשעה במכשיר שלכם (באופן אוטומטי, אם אפשר) ונסו שוב.
keys-unreachable = לא הצלחנו לבדוק את התשובה של הארגון שלכם: אין חיבור.
keys-timeout = לא הצלחנו לבדוק את התשובה של הארגון שלכם: זה נמשך יותר מדי זמן.
keys-offline = לא הצלחנו לבדוק את התשובה של הארגון שלכם: אין לכם חיבור לאינטרנט.
keys-malformed = לא הצלחנו לבדוק את התשובה של הארגון שלכם.

crashed = הדף הזה הפסיק לפעול בדפדפן שלך.
crashed-next = יש לטעון אותו מחדש. אם זה לא עוזר, אפשר לעדכן את הדפדפן או לנסות דפדפן אחר.
