"""Names of honest people are taken as they are: no rule against hostile text may cost anyone their name."""

# ruff: noqa: E501 - a hostile thing reads best on one line

import itertools
from datetime import date

import pytest

from janaseva.core.writing import flags, tidy
from janaseva.forms.rules import Form, Page, Question, check, parse

TODAY = date(2026, 3, 2)
ZWJ, ZWNJ = "\u200d", "\u200c"

LATIN = """
K. Anil|A.P.J. Abdul Kalam|M. S. Subbulakshmi|P. T. Usha|K.R. Narayanan|S/o Raman Nair|D/o Late P. Kesavan|O. N. V. Kurup
D'Souza Maria|Anne-Marie D'Cruz|José Fernandes|Zoë Mascarenhas|Renée Pinto|O’Brien Thomas|St. John Varghese|Mary @ Mariamma
Rose Mary (Rosamma)|Md. Yusuf|Mohd. Shafi Bhat|Smt. Lakshmi Bai|Sh. Ram Lal|Dr. B. R. Ambedkar|Kunju Muhammed T. K.
Ghulām Nabī|Ṛṣi Śarma|Tukārām Mahārāj|V.|X Æ Mathew|Nguyễn Thị Hoa|Müller Hans|Çelik Ayşe|Łukasz Joseph|Ó Briain Seán
Thomas 2nd|Rajan, K. P.|Rajan & Sons|Jr. Martin L. King|Xi|Om|U Nu|Ng|Ananthapadmanabhanunni Krishnan Namboothiripad
Ali bin Abu Talib|Muhammad-ul-Haq|Zain-ud-Din|Noor-e-Jahan|Abd-ur-Rehman|Shah Jo Risalo|Ghulam Mustafa Kalhoro|Sassui Palijo
Makhdoom Bilawal|Ayaz Latif Palijo|Mir Ghous Bux Bizenjo|Pir Sahib Pagaro|Benazir Bhutto-Zardari|Allah Bux Soomro|Rani Bagh 2
"""
MALAYALAM = """
കെ. അനിൽ|അമ്മിണി കെ. ആർ.|വി. എസ്. അച്യുതാനന്ദൻ|പി. ടി. ഉഷ|എം. ടി. വാസുദേവൻ നായർ|ഒ. എൻ. വി. കുറുപ്പ്|വള്ളത്തോൾ നാരായണമേനോൻ
വൈക്കം മുഹമ്മദ് ബഷീർ|തകഴി ശിവശങ്കരപ്പിള്ള|കുഞ്ഞിരാമൻ|ശ്രീകൃഷ്ണൻ|രാജേശ്വരി അമ്മ|ലക്ഷ്മിക്കുട്ടി|തോമസ് ചാക്കോ|മേരി ജോസഫ്|ഫാത്തിമ ബീവി
അബ്ദുൾ റഹ്മാൻ|കൃഷ്ണപ്പിള്ള|സൗദാമിനി|ജ്യോതിർമയി|വർഗീസ് കുര്യൻ|ശങ്കരൻകുട്ടി|നാരായണൻ നമ്പൂതിരി|ഉണ്ണിക്കൃഷ്ണൻ|കാർത്ത്യായനി|ഭാർഗ്ഗവി
പാർവ്വതി|ഇന്ദുലേഖ|ചിന്നമ്മു അമ്മ|അയ്യപ്പൻ|ശബരീനാഥ്|ബാലചന്ദ്രൻ ചുള്ളിക്കാട്|ഋഷിരാജ്|ഐശ്വര്യ|ഔസേപ്പ്|ഝാൻസി|ഞാനാംബിക|ഢാക്ക മുഹമ്മദ്
ദുഃഖഹരൻ|അൻപൊലി|കൺമണി|വാൾട്ടർ|ചന്ദ്രമതി K.|സി.വി. രാമൻപിള്ള|ഇ. എം. എസ്.|കെ. പി. എ. സി. ലളിത|ശാന്തകുമാരി (ശാന്ത)|മറിയാമ്മ @ മേരി
"""
DEVANAGARI = """
राम कुमार शर्मा|सीता देवी|श्रीमती लक्ष्मीबाई|डॉ. भीमराव अंबेडकर|अ. प. ज. अब्दुल कलाम|मोहम्मद यूसुफ़|ज़ाकिर हुसैन|फ़ातिमा बेगम|क़मर जहाँ
ग़ुलाम नबी|ख़ान अब्दुल गफ़्फ़ार ख़ान|बृजेश|ऋषिकेश|कृष्णा|ज्ञानेश्वर|क्षमा|त्र्यंबक|श्रीनिवास|द्वारकाप्रसाद|विद्या|उद्धव|ब्राह्मी|रुक्मिणी|प्रह्लाद
दुःखभंजन|अम्मिणी के. आर.|पुत्र श्री राम लाल|सुश्री अंजलि|पं. दीनदयाल|चौ. चरण सिंह|गुरु गोबिन्द सिंह|हरिॐ|ओमप्रकाश|औरंगज़ेब|ऐश्वर्या|ईश्वर|ऊषा|आशा
इन्दिरा|झलकारी बाई|ढोलकिया|णमोकार|टंट्या भील|ठाकुर रणवीर|डॉली|छत्रपाल|घनश्याम|ङाकुर|राम-लखन|मीना (मीनू)|किशन @ कान्हा|ऑस्कर|ॲना|पॅट्रिक|ऌकार
"""
URDU = """
غلام محمد ڈار|محمد یوسف|عبدالرحمٰن|فاطمہ بیگم|بشیر احمد بھٹ|نور الدین|زین العابدین|میاں محمد بخش|شیخ عبداللہ|حبہ خاتون|لل دید|مہجور|رسول میر
ڈاکٹر علامہ اقبال|مرزا اسد اللہ خاں غالبؔ|میر تقی میرؔ|آمنہ بی بی|اُمّ کلثوم|ابراہیم|عائشہ صدیقہ|مُحَمَّد|سیّد احمد|ثریّا|رضیہ سلطانہ|ژالہ|گلزار|پرویز مشرف|چودھری ظہور
ٹیپو سلطان|ڑکّن|ہمایوں|جہاں آرا|خواجہ معین الدین چشتیؒ|حضرت علیؓ|ایم۔ اے۔ جناح|کے۔ آر۔ امّنی|محمد بن قاسم|مسز خان|ولد غلام نبی|زوجہ احمد|بنتِ حوا
"""
SINDHI = """
غلام مصطفيٰ ڪلهوڙو|شاھ عبداللطيف ڀٽائي|سچل سرمست|سسئي پليجو|ماروي ميمڻ|عمر ماروي|بينظير ڀٽو|ذوالفقار علي ڀٽو|الله بخش سومرو|جي. ايم. سيد|رسول بخش پليجو
ڄام ساقي|ڳالهه خان|ٻانهون خان|ڪيڏارو|ڦل چند|ٺاڪر داس|ڍولو مل|ڏاهر سين|ڊاڪٽر گربخشاڻي|ڃاڻي ٻائي|ڱارو|ٿرومل|ٽيڪم|ڇتو|ڙي خان|ھالو|۽ ٻارن ۾|ميران محمد شاھ|پير حسام الدين راشدي
"""
OTHERS = """
முத்துவேல் கருணாநிதி|எம். ஜி. ராமச்சந்திரன்|ஸ்ரீனிவாச ராமானுஜன்|నారా చంద్రబాబు|శ్రీనివాస్ రావు|ಕುವೆಂಪು|ಬಸವರಾಜ ಬೊಮ್ಮಾಯಿ|રાજેશ ભાઈ પટેલ
ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ|ਹਰਮਨਪ੍ਰੀਤ ਕੌਰ|রবীন্দ্রনাথ ঠাকুর|কাজী নজরুল ইসলাম|ଓଡ଼ିଆ ନବୀନ|ජයසූරිය|ᱥᱟᱱᱛᱟᱲᱤ ᱢᱩᱨᱢᱩ|ꯏꯕꯣꯌꯥꯢꯃ|ཚེ་རིང་ནོར་བུ|ހަސަން
"""
JOINED = [
    f"ശ്രീ{ZWNJ}കുമാര്‍".replace("ര്‍", "ർ"), f"അന്‍{ZWNJ}വര്‍".replace("ന്‍", "ൻ").replace("ര്‍", "ർ"),
    f"തമിഴ്{ZWNJ}നാട് മുരുകൻ", f"സുകു{ZWNJ}മാരൻ", f"ജോസ്{ZWNJ}പ്രകാശ്", f"കൃഷ്ണ{ZWNJ}പ്രിയ", f"രാജ്{ZWNJ}കുമാർ", f"പോള്{ZWNJ}സണ്",
    f"क्{ZWJ}षमा", f"श्{ZWJ}री राम", f"राजकुमार{ZWNJ}सिंह", f"प्रद्{ZWNJ}युम्न", f"अब्दुल्{ZWNJ}लाह", f"र्{ZWJ}य", f"त्{ZWJ}मा",
    f"علی{ZWNJ}رضا", f"بی{ZWNJ}بی جان", f"محمد{ZWNJ}علی", f"خان{ZWNJ}زاده", f"شاہ{ZWNJ}جہاں", f"نور{ZWNJ}جہاں", f"ڀٽو{ZWNJ}خان",
]  # fmt: skip


def _of(*texts):
    return [name for text in texts for line in text.strip().splitlines() for name in line.split("|")]


WRITTEN = _of(LATIN, MALAYALAM, DEVANAGARI, URDU, SINDHI, OTHERS) + JOINED
FIRST = [
    "Abdul",
    "K.",
    "Anil",
    "Maria",
    "രാജൻ",
    "മേരി",
    "ഫാത്തിമ",
    "राम",
    "सीता",
    "मोहम्मद",
    "محمد",
    "فاطمہ",
    "ڀٽائي",
    "ٻانهون",
]
LAST = {
    "Latin": ["Nair", "D'Costa"],
    "Malayalam": ["നായർ", "വർഗീസ്"],
    "Devanagari": ["शर्मा", "ख़ान"],
    "Arabic": ["ڈار", "ڪلهوڙو"],
}
PAIRED = [f"{first} {last}" for first, last in itertools.product(FIRST, itertools.chain(*LAST.values()))]
"""A first name in one script and a second in another: so people write in forms of two languages."""

HONEST = list(dict.fromkeys(WRITTEN + PAIRED))
FORM = Form(
    key="names",
    version=1,
    pages=(
        Page(
            key="p",
            title={"en": "P"},
            fields=tuple(
                Question.model_validate({"key": kind, "kind": kind, "label": "L"})
                for kind in ("name", "text", "long_text")
            ),
        ),
    ),
)


def test_there_are_names_enough():
    assert len(HONEST) >= 300
    assert len(WRITTEN) >= 250


@pytest.mark.parametrize("script", ["written", "paired"])
def test_honest_names_are_taken_unchanged(script):
    wrong = []
    for name in WRITTEN if script == "written" else PAIRED:
        answers = parse(FORM.pages[0], {"name": [name], "text": [name], "long_text": [name]})
        faults = [f"{fault.place} {fault.code}" for fault in check(FORM, answers, TODAY)]
        changed = [key for key in answers if answers[key] != name]
        if faults or changed:
            wrong.append((name, faults, changed, sorted(flags(name)), ascii(tidy(name))))
    assert wrong == []
