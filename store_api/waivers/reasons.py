"""Why a term was waived: a closed list, in words that the customer reads on the sheet.

The words end a sentence such as "Waived by the store manager: the phone failed."
"""

from __future__ import annotations

from collections.abc import Mapping

from store_api.contract import Words

REASONS: Mapping[str, Words] = {
    "device_failed": {"en": "the phone failed", "es": "el teléfono falló"},
    "our_mistake": {"en": "we made a mistake", "es": "nos equivocamos"},
    "was_promised": {"en": "it was promised", "es": "se había prometido"},
    "records_wrong": {"en": "our records are not right", "es": "nuestros registros no están bien"},
    "hardship": {"en": "an emergency", "es": "una emergencia"},
    "other": {
        "en": "a reason that the store has written down",
        "es": "un motivo que la tienda dejó anotado",
    },
}
