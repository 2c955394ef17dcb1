"""Words for every "no" that does not come from a policy's terms: one cause, one code.

Each says what happened, what it means, what was kept and what to do next. Where a sentence has a fuller form
it is used when `Occasion.details` holds all that it names:

    voucher.already_redeemed  on (date), store      only for the account that may know
    voucher.expired           on (date)             the last day it was good
    voucher.not_yet_valid     on (date)             the first day
    voucher.held_elsewhere    store
    voucher.not_in_this_store store                 where it may be used
    voucher.not_on_this_channel channel             the ways it may be used, separated by commas
    campaign.limit_reached    uses, per, period     the limit: a number, account and so on, day and so on
    combination.excluded      other                 the title of what it cannot go with
    code.not_a_voucher        what                  product, imei, coupon, card, address, boarding_pass,
    parcel or gs1
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from store_api.policy.refusal_details import detail_in_words
from store_api.policy.sheet_parts import Occasion, SheetLine
from store_api.policy.words import Words


@dataclass(frozen=True)
class RefusalWords:
    """Verdict, what it means, what was kept and what to do next; `told` is the fuller form of `means`."""

    verdict: str
    means: str
    kept: str
    next: str
    told: str = ""


_NOTHING_USED_EN = "Nothing was used and nothing is lost."
_NOTHING_USED_ES = "No se usó nada y nada se pierde."

_EN: Mapping[str, RefusalWords] = {
    "voucher.not_found": RefusalWords(
        "No. We do not know this code.",
        "No voucher has this code, or it cannot be used here.",
        _NOTHING_USED_EN,
        "Check the code and try again, or sign in with your phone number: your vouchers are "
        "on your account, with or without paper.",
    ),
    "voucher.already_redeemed": RefusalWords(
        "No. This voucher was used.",
        "A voucher can be used once.",
        "The use is on record and stays there.",
        "If this was not you or your family, tell a person in the store: they can look into it.",
        told="It was used on {on} at {store}.",
    ),
    "voucher.expired": RefusalWords(
        "No. This voucher has ended.",
        "Its last day has passed.",
        "Nothing was used. It stays on record as ended.",
        "Ask a person in the store whether another offer applies to you.",
        told="Its last day was {on}.",
    ),
    "voucher.not_yet_valid": RefusalWords(
        "Not yet. This voucher has not begun.",
        "Its first day is still to come.",
        _NOTHING_USED_EN,
        "Come back on its first day or later. You need not bring the paper.",
        told="Its first day is {on}.",
    ),
    "voucher.void": RefusalWords(
        "No. This voucher was withdrawn.",
        "It was cancelled and cannot be used.",
        "Nothing was used. The reason is on record.",
        "Ask a person in the store or customer care for the reason.",
    ),
    "voucher.held_elsewhere": RefusalWords(
        "Not now. This voucher is reserved.",
        "It is set aside for an order that is not finished.",
        "Your voucher is safe. A reservation ends by itself after a few minutes.",
        "Finish that order or give the voucher back there, or try again in a few minutes.",
        told="It is set aside for an order at {store} that is not finished.",
    ),
    "voucher.belongs_to_another": RefusalWords(
        "No. This voucher is for another account or line.",
        "It can only be used where it was given.",
        _NOTHING_USED_EN,
        "Whoever it was given to can use it with their own phone number.",
    ),
    "voucher.not_in_this_store": RefusalWords(
        "No. Not in this store.",
        "This voucher is for certain stores, and this is not one of them.",
        _NOTHING_USED_EN,
        "Ask a person in the store where the nearest one is.",
        told="This voucher is for {store}.",
    ),
    "voucher.not_on_this_channel": RefusalWords(
        "No. Not in this way.",
        "This voucher is for another way of asking, and cannot be used like this.",
        _NOTHING_USED_EN,
        "Ask a person in the store how it can be used.",
        told="This voucher can be used like this: {channel}.",
    ),
    "voucher.other_currency": RefusalWords(
        "No. This voucher is in another currency.",
        "It is not in the currency of this order, and we never change one into the other.",
        _NOTHING_USED_EN,
        "Use it on an order in its own currency, or ask a person in the store what else there is.",
    ),
    "campaign.paused": RefusalWords(
        "Not now. This offer is paused.",
        "It has been stopped for the time being.",
        "Your voucher is kept as it is.",
        "Try again later, or ask customer care when it goes on.",
    ),
    "campaign.budget_spent": RefusalWords(
        "No. This offer has been used up.",
        "All that was set aside for it has been given out.",
        _NOTHING_USED_EN,
        "Ask a person in the store whether another offer applies to you.",
    ),
    "campaign.limit_reached": RefusalWords(
        "No. This offer has reached its limit.",
        "It can be had only so often, and that number is reached.",
        "What you used before stays yours. Nothing was used now.",
        "If the count looks wrong, ask a person in the store to check it.",
        told="It can be had {uses} for each {per}{period}, and that number is reached.",
    ),
    "combination.excluded": RefusalWords(
        "No. Not together with what is in this order.",
        "This voucher cannot be combined with another one in the order.",
        "Both stay as they are. Nothing was used.",
        "Choose one of the two. The other stays for another day if its dates allow.",
        told="This voucher cannot be combined with this: {other}.",
    ),
    "policy.none_in_force": RefusalWords(
        "No. No policy is in force for this.",
        "The written rules for this have ended or have not begun.",
        _NOTHING_USED_EN,
        "Ask customer care what applies instead.",
    ),
    "policy.stopped": RefusalWords(
        "No. This policy was stopped.",
        "Nothing new is given under it. Vouchers that were issued before keep their terms.",
        _NOTHING_USED_EN,
        "Ask customer care what applies instead.",
    ),
    "identity.not_checked": RefusalWords(
        "One thing first: show that it is you.",
        "Account credits are used only after an identity check.",
        _NOTHING_USED_EN,
        "Use your own PIN, or show a photo ID to a person in the store. Your answer is then ready.",
    ),
    "consent.missing": RefusalWords(
        "Not without the account owner's leave.",
        "This voucher belongs to the account, and the owner has not yet allowed it for this line.",
        "The voucher is kept. Nothing was used.",
        "Ask the owner: they can allow this line at a kiosk in any of our stores with their own number and "
        "PIN, or show a photo ID to a person in the store. It then stays allowed until they take it back.",
    ),
    "account.locked": RefusalWords(
        "No. The account is locked.",
        "While the lock is on, nothing can be bought or used on it.",
        "Your vouchers are kept.",
        "The account owner can have the lock taken off by customer care or with a photo ID in the store.",
    ),
    "terms.changed": RefusalWords(
        "Not yet. Something has changed.",
        "The answer is no longer the one that you saw, so nothing was done.",
        "Your voucher is kept. Nothing was used.",
        "Read the new terms. If you agree with them, confirm again.",
    ),
    "code.unreadable": RefusalWords(
        "We could not read that.",
        "There was no code that we could make out.",
        _NOTHING_USED_EN,
        "Hold it flat and a little further away, type the code, or sign in with your phone "
        "number: no paper is needed.",
    ),
    "code.wrong_check": RefusalWords(
        "One character is not right.",
        "The code does not add up, so a character was misread or mistyped.",
        _NOTHING_USED_EN,
        "Compare it character by character and try again. It has no letters I, L, O or U.",
    ),
    "code.not_a_voucher": RefusalWords(
        "That is not a voucher.",
        "This code is something else.",
        _NOTHING_USED_EN,
        "Look for the code with the word voucher beside it, or sign in with your phone number.",
        told="This is {what}.",
    ),
    "store.offline_limit": RefusalWords(
        "Not now. This store is cut off from the network.",
        "Without the network it can use only a limited number of vouchers, and that number is reached.",
        "Your voucher is kept. Nothing was used.",
        "Try again when the network is back, or in another store. Your terms can still be printed.",
    ),
}

_ES: Mapping[str, RefusalWords] = {
    "voucher.not_found": RefusalWords(
        "No. No conocemos este código.",
        "Ningún vale tiene este código, o no se puede usar aquí.",
        _NOTHING_USED_ES,
        "Revise el código e intente de nuevo, o ingrese con su número de teléfono: sus vales "
        "están en su cuenta, con papel o sin él.",
    ),
    "voucher.already_redeemed": RefusalWords(
        "No. Este vale ya se usó.",
        "Un vale se puede usar una sola vez.",
        "El uso está registrado y así queda.",
        "Si no fue usted ni su familia, dígaselo a una persona de la tienda: puede averiguarlo.",
        told="Se usó el {on} en {store}.",
    ),
    "voucher.expired": RefusalWords(
        "No. Este vale terminó.",
        "Su último día ya pasó.",
        "No se usó nada. Queda registrado como terminado.",
        "Pregunte a una persona de la tienda si le corresponde otra oferta.",
        told="Su último día fue el {on}.",
    ),
    "voucher.not_yet_valid": RefusalWords(
        "Todavía no. Este vale no ha comenzado.",
        "Su primer día aún no llega.",
        _NOTHING_USED_ES,
        "Vuelva ese día o después. No hace falta traer el papel.",
        told="Su primer día es el {on}.",
    ),
    "voucher.void": RefusalWords(
        "No. Este vale fue retirado.",
        "Se anuló y no se puede usar.",
        "No se usó nada. El motivo está registrado.",
        "Pregunte el motivo a una persona de la tienda o a atención al cliente.",
    ),
    "voucher.held_elsewhere": RefusalWords(
        "Ahora no. Este vale está reservado.",
        "Está apartado para un pedido que no ha terminado.",
        "Su vale está seguro. Una reserva termina sola en unos minutos.",
        "Termine ese pedido o devuelva el vale allí, o intente de nuevo en unos minutos.",
        told="Está apartado para un pedido en {store} que no ha terminado.",
    ),
    "voucher.belongs_to_another": RefusalWords(
        "No. Este vale es de otra cuenta o línea.",
        "Solo se puede usar donde se otorgó.",
        _NOTHING_USED_ES,
        "Quien lo recibió puede usarlo con su propio número de teléfono.",
    ),
    "voucher.not_in_this_store": RefusalWords(
        "No. En esta tienda no.",
        "Este vale es para ciertas tiendas, y esta no es una de ellas.",
        _NOTHING_USED_ES,
        "Pregunte a una persona de la tienda cuál es la más cercana.",
        told="Este vale es para {store}.",
    ),
    "voucher.not_on_this_channel": RefusalWords(
        "No. De esta manera no.",
        "Este vale es para otra manera de pedirlo, y así no se puede usar.",
        _NOTHING_USED_ES,
        "Pregunte a una persona de la tienda cómo se puede usar.",
        told="Este vale se puede usar así: {channel}.",
    ),
    "voucher.other_currency": RefusalWords(
        "No. Este vale es de otra moneda.",
        "No es de la moneda de este pedido, y nunca cambiamos una por otra.",
        _NOTHING_USED_ES,
        "Úselo en un pedido en su propia moneda, o pregunte a una persona de la tienda qué más hay.",
    ),
    "campaign.paused": RefusalWords(
        "Ahora no. Esta oferta está en pausa.",
        "Se detuvo por el momento.",
        "Su vale se conserva tal como está.",
        "Intente más tarde, o pregunte a atención al cliente cuándo continúa.",
    ),
    "campaign.budget_spent": RefusalWords(
        "No. Esta oferta se agotó.",
        "Ya se entregó todo lo que se había apartado para ella.",
        _NOTHING_USED_ES,
        "Pregunte a una persona de la tienda si le corresponde otra oferta.",
    ),
    "campaign.limit_reached": RefusalWords(
        "No. Esta oferta llegó a su límite.",
        "Se puede tener solo cierta cantidad de veces, y ya se alcanzó.",
        "Lo que ya usó sigue siendo suyo. Ahora no se usó nada.",
        "Si la cuenta no le parece correcta, pida a una persona de la tienda que la revise.",
        told="Se puede tener {uses} por {per}{period}, y ya se alcanzó.",
    ),
    "combination.excluded": RefusalWords(
        "No. No junto con lo que hay en este pedido.",
        "Este vale no se puede combinar con otro del pedido.",
        "Ambos quedan como están. No se usó nada.",
        "Elija uno de los dos. El otro queda para otro día si sus fechas lo permiten.",
        told="Este vale no se puede combinar con esto: {other}.",
    ),
    "policy.none_in_force": RefusalWords(
        "No. Ninguna política está vigente para esto.",
        "Las reglas escritas para esto terminaron o no han comenzado.",
        _NOTHING_USED_ES,
        "Pregunte a atención al cliente qué corresponde en su lugar.",
    ),
    "policy.stopped": RefusalWords(
        "No. Esta política se detuvo.",
        "No se da nada nuevo según ella. Los vales ya emitidos conservan sus condiciones.",
        _NOTHING_USED_ES,
        "Pregunte a atención al cliente qué rige en su lugar.",
    ),
    "identity.not_checked": RefusalWords(
        "Primero, una cosa: muestre que es usted.",
        "Los créditos de la cuenta se usan solo después de comprobar la identidad.",
        _NOTHING_USED_ES,
        "Use su propio PIN, o muestre un documento con foto a una persona de la tienda. Su "
        "respuesta estará lista.",
    ),
    "consent.missing": RefusalWords(
        "No sin el permiso del titular de la cuenta.",
        "Este vale es de la cuenta, y el titular aún no lo ha permitido para esta línea.",
        "El vale se conserva. No se usó nada.",
        "Pídaselo al titular: puede permitir esta línea en un quiosco de cualquiera de nuestras tiendas con "
        "su propio número y PIN, o mostrar un documento con foto a una persona de la tienda. La línea queda "
        "permitida hasta que el titular retire el permiso.",
    ),
    "account.locked": RefusalWords(
        "No. La cuenta está bloqueada.",
        "Mientras dure el bloqueo, no se puede comprar ni usar nada con ella.",
        "Sus vales se conservan.",
        "El titular puede pedir que se quite el bloqueo en atención al cliente, o en la "
        "tienda con un documento con foto.",
    ),
    "terms.changed": RefusalWords(
        "Todavía no. Algo cambió.",
        "La respuesta ya no es la que usted vio, así que no se hizo nada.",
        "Su vale se conserva. No se usó nada.",
        "Lea las nuevas condiciones. Si está de acuerdo, confirme otra vez.",
    ),
    "code.unreadable": RefusalWords(
        "No pudimos leerlo.",
        "No había ningún código que pudiéramos distinguir.",
        _NOTHING_USED_ES,
        "Sosténgalo plano y un poco más lejos, escriba el código, o ingrese con su número de "
        "teléfono: no hace falta el papel.",
    ),
    "code.wrong_check": RefusalWords(
        "Un carácter no es correcto.",
        "El código no cuadra: algún carácter se leyó o se escribió mal.",
        _NOTHING_USED_ES,
        "Compárelo carácter por carácter e intente de nuevo. No lleva las letras I, L, O ni U.",
    ),
    "code.not_a_voucher": RefusalWords(
        "Eso no es un vale.",
        "Este código es otra cosa.",
        _NOTHING_USED_ES,
        "Busque el código que tiene al lado la palabra vale, o ingrese con su número de teléfono.",
        told="Esto es {what}.",
    ),
    "store.offline_limit": RefusalWords(
        "Ahora no. Esta tienda está sin red.",
        "Sin red solo puede usar una cantidad limitada de vales, y ya se alcanzó.",
        "Su vale se conserva. No se usó nada.",
        "Intente cuando vuelva la red, o en otra tienda. Sus condiciones se pueden imprimir igual.",
    ),
}

REFUSALS: Mapping[str, Mapping[str, RefusalWords]] = {"en": _EN, "es": _ES}

# Every code for "no" outside the terms.
CODES: tuple[str, ...] = tuple(_EN)


def refusal_lines(code: str, words: Words, occasion: Occasion) -> Iterator[SheetLine]:
    """Verdict and notes of a code. An unknown code raises KeyError."""
    refusal = REFUSALS.get(words.language, _EN)[code]
    yield SheetLine("verdict", refusal.verdict, status="no")
    yield SheetLine("note", _means(refusal, words, occasion))
    yield SheetLine("note", refusal.kept)
    yield SheetLine("note", refusal.next)


def _means(refusal: RefusalWords, words: Words, occasion: Occasion) -> str:
    if not refusal.told:
        return refusal.means
    try:
        return refusal.told.format_map(
            {key: detail_in_words(key, value, words) for key, value in occasion.details.items()}
        )
    except KeyError:
        return refusal.means  # not all of it is known, or may be told
