"""Keys and tokens of vendors, as their documentation shows them: {A36} stands for 36 characters of alphabet A;
where not all of it is secret, what is stands between < and >."""

from __future__ import annotations

import re
from collections.abc import Callable

from headrace.privacy.corpus.dice import ALNUM, BASE32, BASE64, BASE64URL, LOWER_ALNUM, LOWER_HEX, UPPER_ALNUM, Dice
from headrace.privacy.corpus.sample import Split
from headrace.privacy.corpus.values.maker import VALUE_CLOSE, VALUE_OPEN, Maker

ALPHABETS = {
    "A": ALNUM,
    "L": LOWER_ALNUM,
    "U": UPPER_ALNUM,
    "H": LOWER_HEX,
    "B": BASE64,
    "W": BASE64URL,
    "D": "0123456789",
    "N": BASE32,
}
_PIECE = re.compile(r"\{([A-Z])(\d+)\}")
VENDOR_WORDS = ("key", "I use", "our key is", "with")
FAR_VENDOR_WORDS = ("try this one", "Schlüssel", "it prints", "clé", "rotate", "leaked:", "the old one was")

TUNED = """
aws_access_key AKIA{N16}
aws_temporary_key ASIA{N16}
openai sk-{A20}T3BlbkFJ{A20}
openai_project sk-proj-{W74}T3BlbkFJ{W74}
anthropic sk-ant-api03-{W93}AA
github_personal ghp_{A36}
github_fine_grained github_pat_{A22}_{A59}
github_server ghs_{A36}
gitlab_personal glpat-{W20}
google_api AIza{W35}
google_oauth_secret GOCSPX-{W28}
slack_bot xoxb-{D12}-{D13}-{A24}
slack_webhook https://hooks.slack.com/services/<T{U10}/B{U10}/{A24}>
stripe_secret sk_live_{A24}
stripe_restricted rk_live_{A24}
twilio_account AC{H32}
sendgrid SG.{W22}.{W43}
mailgun key-{H32}
npm npm_{A36}
pypi pypi-AgEIcHlwaS5vcmc{W70}
dockerhub dckr_pat_{W27}
digitalocean dop_v1_{H64}
huggingface hf_{A34}
shopify_access shpat_{H32}
square_access sq0atp-{W22}
telegram_bot {D10}:AA{W33}
discord_bot MT{A22}.{A6}.{W27}
linear lin_api_{A40}
notion secret_{A43}
airtable pat{A14}.{H64}
databricks dapi{H32}
grafana_service glsa_{A32}_{H8}
newrelic_user NRAK-{U27}
sentry_user sntryu_{H64}
terraform_cloud {A14}.atlasv1.{W64}
vault_service hvs.{W95}
postman PMAK-{H24}-{H34}
planetscale_password pscale_pw_{W43}
supabase sbp_{H40}
groq gsk_{A52}
replicate r8_{A37}
perplexity pplx-{A48}
fly FlyV1 <fm2_{B120}>
atlassian ATATT3xFfGF0{W180}
dropbox sl.{W136}
facebook EAA{A150}
mapbox_secret sk.eyJ{A60}.{W22}
rubygems rubygems_{H48}
pulumi pul-{H40}
doppler dp.pt.{A43}
"""
HELD_OUT = """
aws_bedrock ABSK{B108}
openai_service sk-svcacct-{W74}T3BlbkFJ{W74}
anthropic_admin sk-ant-admin01-{W93}AA
openrouter sk-or-v1-{H64}
xai xai-{A80}
github_oauth gho_{A36}
github_refresh ghr_{A36}
github_app_user ghu_{A36}
gitlab_deploy gldt-{W20}
gitlab_runner glrt-{W20}
gitlab_pipeline glptt-{H40}
google_oauth_access ya29.{W120}
google_refresh 1//0{W60}
firebase_messaging AAAA{W7}:APA91b{W134}
slack_user xoxp-{D12}-{D12}-{D12}-{H32}
slack_app xapp-1-A{U10}-{D13}-{H64}
slack_legacy_session xoxs-{D11}-{D11}-{D11}-{H10}
stripe_webhook whsec_{A32}
stripe_test sk_test_{A24}
twilio_key SK{H32}
mailchimp {H32}-us14
brevo xkeysib-{H64}-{A16}
nuget oy2{L43}
crates cio{A32}
clojars CLOJARS_{H60}
jfrog AKCp{A69}
jfrog_reference cmVmdGtu{A56}
hashicorp_batch hvb.{W138}
heroku_v2 HRKU-AA{W58}
vercel vcp_{A56}
netlify nfp_{A36}
render rnd_{A28}
digitalocean_oauth doo_v1_{H64}
digitalocean_refresh dor_v1_{H64}
cloudflare_origin_ca v1.0-{H24}-{H146}
alibaba LTAI{A20}
tencent AKID{A32}
yandex_cloud AQVN{W36}
yandex_iam t1.{W70}.{W86}
azure_storage DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=<{B86}==>
azure_ad_secret {A3}8Q~{W34}
azure_devops {A76}AZDO{A4}
shopify_custom shpca_{H32}
shopify_partner shppa_{H32}
shopify_shared shpss_{H32}
square_secret sq0csp-{W43}
paypal_braintree access_token$production${L16}${H32}
plaid access-production-{H8}-{H4}-{H4}-{H4}-{H12}
adyen AQE{L2}hmfxK{B80}
flutterwave FLWSECK-{H32}-X
razorpay rzp_live_{A14}
paystack sk_live_{H40}
lob live_{H35}
easypost EZAK{A54}
shippo shippo_live_{H40}
duffel duffel_live_{W43}
typeform tfp_{W59}
zapier_hook https://hooks.zapier.com/hooks/catch/<{D7}/{L7}>/
teams_hook https://acme.webhook.office.com/webhookb2/{H8}-{H4}-{H4}-{H4}-{H12}@{H8}-{H4}-{H4}-{H4}-{H12}/IncomingWebhook/<{H32}>/{H8}-{H4}-{H4}-{H4}-{H12}
discord_hook https://discord.com/api/webhooks/{D18}/<{W68}>
readme rdme_{L70}
notion_new ntn_{D11}{A35}
figma figd_{W40}
hubspot pat-na1-{H8}-{H4}-{H4}-{H4}-{H12}
contentful CFPAT-{W43}
asana 1/{D16}:{H32}
clickup pk_{D8}_{U32}
dynatrace dt0c01.{N24}.{N64}
grafana_cloud glc_eyJ{A60}
grafana_key eyJrIjoi{A70}
newrelic_insert NRII-{W32}
newrelic_browser NRJS-{H19}
sentry_org sntrys_eyJpYXQiO{A90}_{B43}
honeycomb hcaik_{L58}
posthog phx_{A43}
launchdarkly sdk-{H8}-{H4}-{H4}-{H4}-{H12}
launchdarkly_api api-{H8}-{H4}-{H4}-{H4}-{H12}
sonarqube squ_{H40}
sonar_project sqp_{H40}
buildkite bkua_{H40}
circleci CCIPAT_{A22}_{H40}
octopus API-{U26}
prefect pnu_{A36}
pinecone pcsk_{A6}_{A63}
langsmith lsv2_pt_{H32}_{H10}
langfuse sk-lf-{H8}-{H4}-{H4}-{H4}-{H12}
elevenlabs sk_{H48}
fireworks fw_{A24}
nvidia nvapi-{W64}
deepseek sk-{H32}
tavily tvly-{A32}
firecrawl fc-{H32}
jina jina_{H32}{A33}
databento db-{A29}
age_secret AGE-SECRET-KEY-1{U58}
onepassword_service ops_eyJ{W250}
onepassword_secret A3-{U6}-{U11}-{U5}-{U5}-{U5}
infracost ico-{A32}
frameio fio-u-{W64}
tailscale tskey-auth-{A11}-{A32}
scaleway SCW{U17}
settlemint sm_pat_{A16}
planetscale_token pscale_tkn_{W43}
neon napi_{L64}
docker_org dckr_oat_{W32}
gocardless live_{W40}
"""


def written(dice: Dice, form: str) -> str:
    """A key of this form, its longest piece with a digit and a letter in it."""
    form = form.replace("<", VALUE_OPEN).replace(">", VALUE_CLOSE)
    return _PIECE.sub(lambda piece: dice.mixed(ALPHABETS[piece[1]], int(piece[2])), form)


def _maker(form: str) -> Callable[[Dice], str]:
    return lambda dice: written(dice, form)


def _read(table: str, split: Split, words: tuple[str, ...]) -> list[Maker]:
    rows = (line.partition(" ") for line in table.strip().splitlines())
    return [Maker("vendor_key", name, split, words, _maker(form)) for name, _, form in rows]


VENDORS: tuple[Maker, ...] = (*_read(TUNED, "tune", VENDOR_WORDS), *_read(HELD_OUT, "held_out", FAR_VENDOR_WORDS))
