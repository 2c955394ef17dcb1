"""The typed wire between store_api and everybody who calls it.

What it is for: one frozen model for every request and answer of the HTTP API, used by the service to
read and write JSON and by the client to give back values instead of dictionaries. One module an area;
callers import from this package.
What it must not know: Flask, the database, the policy core, any face.

Conventions: money is an amount as a decimal string with its ISO 4217 currency; times are ISO 8601 with
an offset; dates are days in the zone named beside them; identifiers are opaque; texts for people come
as a mapping from language ("en", "es") to text, so that a change of language asks for nothing new.
"""

from store_api.contract.basis import *
from store_api.contract.campaigns import *
from store_api.contract.claims import *
from store_api.contract.contexts import *
from store_api.contract.decisions import *
from store_api.contract.identity import *
from store_api.contract.log import *
from store_api.contract.offers import *
from store_api.contract.orders import *
from store_api.contract.overrides import *
from store_api.contract.policies import *
from store_api.contract.policy_pages import *
from store_api.contract.publication import *
from store_api.contract.redemptions import *
from store_api.contract.refusals import *
from store_api.contract.service_figures import *
from store_api.contract.sharing import *
from store_api.contract.sheets import *
from store_api.contract.staff import *
from store_api.contract.stores import *
from store_api.contract.system import *
from store_api.contract.till import *
from store_api.contract.versions import *
from store_api.contract.visits import *
from store_api.contract.vouchers import *
from store_api.contract.webhooks import *
