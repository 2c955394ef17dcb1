"""The words of every problem, in English and Spanish: what happened, what was kept, what to do next.

What it is for: the only place where the service's error texts stand, by code.
What it must not know: how an error comes about.
"""

from __future__ import annotations

from store_api.contract import Words

TITLES: dict[int, Words] = {
    400: {"en": "Bad request", "es": "Solicitud incorrecta"},
    401: {"en": "Not signed in", "es": "Sin sesión iniciada"},
    403: {"en": "Not allowed", "es": "No permitido"},
    404: {"en": "Not found", "es": "No encontrado"},
    405: {"en": "Method not allowed", "es": "Método no permitido"},
    409: {"en": "Conflict", "es": "Conflicto"},
    413: {"en": "Too large", "es": "Demasiado grande"},
    415: {"en": "Wrong media type", "es": "Tipo de contenido incorrecto"},
    422: {"en": "Not valid", "es": "No válido"},
    429: {"en": "Too many tries", "es": "Demasiados intentos"},
    500: {"en": "Service failed", "es": "Falla del servicio"},
    503: {"en": "Service busy", "es": "Servicio ocupado"},
}

WORDS: dict[str, Words] = {
    "request.malformed": {
        "en": "The request could not be read. Nothing was done.",
        "es": "No se pudo leer la solicitud. No se hizo nada.",
    },
    "json.malformed": {
        "en": "The body is not JSON in UTF-8. Nothing was done.",
        "es": "El cuerpo no es JSON en UTF-8. No se hizo nada.",
    },
    "json.duplicate_key": {
        "en": "The body names a field twice. Nothing was done.",
        "es": "El cuerpo nombra un campo dos veces. No se hizo nada.",
    },
    "json.too_deep": {
        "en": "The body is nested too deeply. Nothing was done.",
        "es": "El cuerpo está anidado en exceso. No se hizo nada.",
    },
    "json.bad_number": {
        "en": "The body has a number that JSON does not allow or that is too large. Nothing was done.",
        "es": "El cuerpo tiene un número que JSON no permite o que es demasiado grande. No se hizo nada.",
    },
    "json.bad_text": {
        "en": "The body has a text with a character that cannot be stored. Nothing was done.",
        "es": "El cuerpo tiene un texto con un carácter que no se puede guardar. No se hizo nada.",
    },
    "idempotency.key_missing": {
        "en": "Send one Idempotency-Key with every write, so that a repeat is safe. Nothing was done.",
        "es": "Envíe un Idempotency-Key con cada escritura, para poder repetirla. No se hizo nada.",
    },
    "idempotency.key_malformed": {
        "en": "Send exactly one Idempotency-Key of 1 to 128 letters, digits or any of _ . : -",
        "es": "Envíe un solo Idempotency-Key de 1 a 128 letras, cifras o alguno de _ . : -",
    },
    "idempotency.key_reused": {
        "en": "This Idempotency-Key was used for another request. Use a new key.",
        "es": "Este Idempotency-Key se usó para otra solicitud. Use una clave nueva.",
    },
    "idempotency.in_flight": {
        "en": "The first request with this key is still being worked on. Ask again with the same key.",
        "es": "La primera solicitud con esta clave sigue en curso. Pregunte de nuevo con la misma clave.",
    },
    "idempotency.key_closed": {
        "en": "This Idempotency-Key was given up. Nothing was done. Use a new key.",
        "es": "Esta Idempotency-Key se dio por cerrada. No se hizo nada. Use una clave nueva.",
    },
    "service.cannot_write": {
        "en": "The database cannot be written to. Nothing was done. Try again later with the same key.",
        "es": "No se puede escribir en la base de datos. No se hizo nada. Repita luego con la misma clave.",
    },
    "service.outcome_unknown": {
        "en": "The database was lost at the end. Send the same request and key again to learn the outcome.",
        "es": "La base de datos se perdió al final. Repita la solicitud con la misma clave para saberlo.",
    },
    "auth.token_missing": {
        "en": "Send a token as Authorization: Bearer.",
        "es": "Envíe un token como Authorization: Bearer.",
    },
    "auth.token_unknown": {
        "en": "This token is not valid, or no longer. Sign in again.",
        "es": "Este token no es válido, o ya no lo es. Inicie sesión de nuevo.",
    },
    "auth.role_not_allowed": {
        "en": "Your role may not do this.",
        "es": "Su función no permite hacer esto.",
    },
    "identity.not_checked": {
        "en": "First check who the person is.",
        "es": "Primero verifique quién es la persona.",
    },
    "identity.photo_id_needed": {
        "en": "First look at the person's photo ID in this visit. Nothing was opened.",
        "es": "Primero vea el documento con foto de la persona en esta visita. No se abrió nada.",
    },
    "ask.nothing_to_ask": {
        "en": "The owner's leave is not what is missing here. Read the sheet again. Nothing was done.",
        "es": "Lo que falta aquí no es el permiso del titular. Lea de nuevo la hoja. No se hizo nada.",
    },
    "ask.over": {
        "en": "This question was answered before, or its time is over. Ask again if it is still wanted.",
        "es": "Esta pregunta ya se respondió o se acabó su tiempo. Pregunte de nuevo si aún hace falta.",
    },
    "ask.changed": {
        "en": "What is asked for has changed since it was shown. Read it again. Nothing was allowed.",
        "es": "Lo que se pide cambió desde que se mostró. Léalo de nuevo. No se permitió nada.",
    },
    "override.nothing_to_ask": {
        "en": "There is no open answer in this visit to make an exception from. Nothing was asked.",
        "es": "En esta visita no hay una respuesta abierta de la que hacer una excepción. No se pidió nada.",
    },
    "override.not_enough": {
        "en": "It would be no yes even with this exception. Nothing was asked.",
        "es": "Ni con esta excepción sería un sí. No se pidió nada.",
    },
    "override.changes_nothing": {
        "en": "The answer is the same without this exception. Nothing was asked.",
        "es": "Sin esta excepción la respuesta es la misma. No se pidió nada.",
    },
    "override.nobody_may": {
        "en": "The policy lets nobody make this exception for so much. Nothing was asked.",
        "es": "La política no permite a nadie esta excepción por tanto importe. No se pidió nada.",
    },
    "override.over": {
        "en": "This request was answered before, or its time is over. Nothing was changed.",
        "es": "Esta solicitud ya se respondió o se acabó su tiempo. No se cambió nada.",
    },
    "refusal.nothing_refused": {
        "en": "This visit's sheet grants nothing that was not used. Nothing was noted.",
        "es": "La hoja de esta visita no concede nada que no se haya usado. No se anotó nada.",
    },
    "refusal.without_reason": {
        "en": "The store has not given a reason yet. Nothing was noted.",
        "es": "La tienda aún no dio un motivo. No se anotó nada.",
    },
    "join.too_many_tries": {
        "en": "Too many wrong codes were tried. Wait until the hour is over, or ask a member of staff.",
        "es": "Se probaron demasiados códigos equivocados. Espere a que pase la hora o consulte al personal.",
    },
    "tap.other_sheet": {
        "en": "The sheet has changed since this page showed it. Read it again. Nothing was agreed to.",
        "es": "La hoja cambió desde que esta página la mostró. Léala de nuevo. No se aceptó nada.",
    },
    "consent.not_owner": {
        "en": "Only the account's owner can allow a line or take that back. Nothing was done.",
        "es": "Solo el titular de la cuenta puede permitir una línea o retirar el permiso. No se hizo nada.",
    },
    "resource.not_found": {
        "en": "There is nothing here by that name that you may see.",
        "es": "Aquí no hay nada con ese nombre que usted pueda ver.",
    },
    "request.method_not_allowed": {
        "en": "This address does not take that method.",
        "es": "Esta dirección no acepta ese método.",
    },
    "resource.conflict": {
        "en": "The state of this resource does not allow that. Read it again.",
        "es": "El estado de este recurso no lo permite. Consúltelo de nuevo.",
    },
    "claim.nothing_to_check": {
        "en": "There is nothing yet to check this against: ask about a voucher or a policy first.",
        "es": "Aún no hay con qué comprobar esto: consulte primero un vale o unas condiciones.",
    },
    "visit.closed": {
        "en": "This visit is closed. Open a new one.",
        "es": "Esta visita está cerrada. Abra una nueva.",
    },
    "request.too_large": {
        "en": "The body is larger than 1 MB. Nothing was done.",
        "es": "El cuerpo pasa de 1 MB. No se hizo nada.",
    },
    "request.wrong_media_type": {
        "en": "Send the body as application/json.",
        "es": "Envíe el cuerpo como application/json.",
    },
    "request.invalid": {
        "en": "The request was read, but it is not valid. Nothing was done.",
        "es": "La solicitud se leyó, pero no es válida. No se hizo nada.",
    },
    "request.too_many": {
        "en": "Too many wrong tries. Wait, or ask a member of staff.",
        "es": "Demasiados intentos fallidos. Espere o consulte al personal.",
    },
    "events.too_many_streams": {
        "en": "No more event streams can be opened. Poll with format=json instead.",
        "es": "No se pueden abrir más flujos de eventos. Consulte con format=json.",
    },
    "order.settled": {
        "en": "This order was confirmed or captured before. Nothing was done.",
        "es": "Este pedido ya se confirmó o se cobró. No se hizo nada.",
    },
    "order.without_decision": {
        "en": "There is no decision on this order. Ask for one first. Nothing was done.",
        "es": "No hay una decisión sobre este pedido. Pídala primero. No se hizo nada.",
    },
    "order.captured_otherwise": {
        "en": "This order was captured before with other contents. Nothing was done. Read the order.",
        "es": "Este pedido ya se cobró con otro contenido. No se hizo nada. Consulte el pedido.",
    },
    "order.confirmed_otherwise": {
        "en": "A member of staff confirmed this order with other contents, and its credit is used. "
        "Nothing was captured. Ring up what was confirmed.",
        "es": "El personal confirmó este pedido con otro contenido y su crédito ya se usó. "
        "No se cobró nada. Cobre lo que se confirmó.",
    },
    "till_code.hold_over": {
        "en": "This reservation is over, so its slip has no code. Nothing was used. Reserve again.",
        "es": "Esta reserva terminó, así que su papel no tiene código. No se usó nada. Reserve de nuevo.",
    },
    "webhook.too_many": {
        "en": "There are as many webhooks as are allowed. Delete one first. Nothing was done.",
        "es": "Ya hay tantos webhooks como se permiten. Elimine uno primero. No se hizo nada.",
    },
    "webhook.not_active": {
        "en": "Only an active webhook can be paused. Nothing was done.",
        "es": "Solo se puede pausar un webhook activo. No se hizo nada.",
    },
    "webhook.without_secret": {
        "en": "This webhook has no secret yet. Ask for one first. Nothing was done.",
        "es": "Este webhook aún no tiene secreto. Pida uno primero. No se hizo nada.",
    },
    "hold.released": {
        "en": "This reservation was given back. Nothing was used. Reserve again if the customer wants it.",
        "es": "Esta reserva se devolvió. No se usó nada. Reserve de nuevo si el cliente lo desea.",
    },
    "import.running": {
        "en": "This file is being worked on by somebody else at this moment. Ask again when it is done.",
        "es": "Otra persona procesa este archivo en este momento. Pregunte de nuevo cuando termine.",
    },
    "hold.over": {
        "en": "This reservation is over. Nothing was used. Reserve again if the customer wants it.",
        "es": "Esta reserva terminó. No se usó nada. Reserve de nuevo si el cliente lo desea.",
    },
    "voucher.nothing_left": {
        "en": "This voucher is used up, so there is nothing to make void. Nothing was changed.",
        "es": "Este vale ya se usó por completo y no queda nada que anular. No se cambió nada.",
    },
    "campaign.exists": {
        "en": "A campaign has this name already, with other words. Nothing was changed. Choose another name.",
        "es": "Ya hay una campaña con este nombre y otros datos. No se cambió nada. Elija otro nombre.",
    },
    "campaign.ended": {
        "en": "This campaign has ended and stays so. Nothing was changed. Begin another one.",
        "es": "Esta campaña terminó y queda así. No se cambió nada. Comience otra.",
    },
    "order.without_price": {
        "en": "The order has no price to take the credit off. Choose what is bought first. Nothing was used.",
        "es": "El pedido no tiene un precio del que descontar el crédito. Elija primero lo que se compra. "
        "No se usó nada.",
    },
    "decision.nothing_to_use": {
        "en": "This decision is not about a voucher on an order, so there is nothing to reserve.",
        "es": "Esta decisión no trata de un vale en un pedido, así que no hay nada que reservar.",
    },
    "policy.needs_voucher": {
        "en": "This policy is asked for by its voucher. Name the voucher.",
        "es": "Esta política se consulta por su vale. Indique el vale.",
    },
    "policy.version_exists": {
        "en": "This version of the policy is there with another text. Give the correction a new number.",
        "es": "Esta versión de la política ya existe con otro texto. Dé a la corrección un número nuevo.",
    },
    "policy.begins_too_early": {
        "en": "A version of this policy begins on that day or later. Choose a later start. Nothing was done.",
        "es": "Una versión de esta política empieza ese día o después. Elija un inicio posterior. "
        "No se hizo nada.",
    },
    "policy.issuing_stopped": {
        "en": "This version was stopped, so nothing new is issued under it. Nothing was done.",
        "es": "Esta versión se detuvo, así que no se emite nada nuevo según ella. No se hizo nada.",
    },
    "stop.not_asked": {
        "en": "Nobody is asking for this stop, or no longer. Read the version again. Nothing was done.",
        "es": "Nadie pide esta detención, o ya no. Consulte la versión de nuevo. No se hizo nada.",
    },
    "stop.done": {
        "en": "This version was stopped before. Nothing was done.",
        "es": "Esta versión ya se detuvo. No se hizo nada.",
    },
    "approval.own_work": {
        "en": "You wrote or changed this text, so somebody else confirms and approves it. Nothing was done.",
        "es": "Usted escribió o cambió este texto, así que lo confirma y aprueba otra persona. "
        "No se hizo nada.",
    },
    "draft.changed": {
        "en": "Somebody changed this draft since you read it. Nothing was done. Read it again.",
        "es": "Alguien cambió este borrador después de que usted lo leyó. No se hizo nada. "
        "Consúltelo de nuevo.",
    },
    "draft.closed": {
        "en": "This draft was approved or withdrawn and cannot be changed. Make a new one. Nothing was done.",
        "es": "Este borrador se aprobó o se retiró y no se puede cambiar. Haga uno nuevo. No se hizo nada.",
    },
    "draft.unreadable": {
        "en": "The text has faults, so this cannot be done yet. Correct them first. Nothing was done.",
        "es": "El texto tiene errores, así que esto aún no se puede hacer. Corríjalos primero. "
        "No se hizo nada.",
    },
    "log.no_checkpoint": {
        "en": "The log has no checkpoint yet. Ask again in a second.",
        "es": "El registro aún no tiene un punto de control. Pregunte otra vez en un segundo.",
    },
    "log.no_such_size": {
        "en": "The log does not have that many entries, or the first size is the larger one.",
        "es": "El registro no tiene tantas entradas, o el primer tamaño es el mayor.",
    },
    "terms.not_found": {
        "en": "Nobody was given this terms code. Compare it character by character.",
        "es": "Nadie recibió este código de condiciones. Compárelo carácter por carácter.",
    },
    "visit.too_many_open": {
        "en": "Too many visits are open in this store. Close some first.",
        "es": "Hay demasiadas visitas abiertas en esta tienda. Cierre algunas primero.",
    },
    "code.too_many_tries": {
        "en": "Too many unknown codes were tried here. Wait until the hour is over, or ask the staff.",
        "es": "Aquí se probaron demasiados códigos desconocidos. Espere a que termine la hora o consulte "
        "al personal.",
    },
    "service.failed": {
        "en": "The service failed. Nothing was done. Try again with the same Idempotency-Key.",
        "es": "El servicio falló. No se hizo nada. Intente de nuevo con el mismo Idempotency-Key.",
    },
    "service.busy": {
        "en": "The service is busy. Nothing was done. Try again with the same Idempotency-Key.",
        "es": "El servicio está ocupado. No se hizo nada. Intente de nuevo con el mismo Idempotency-Key.",
    },
}
