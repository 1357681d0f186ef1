"""Why a case waits: a supplement, a payment, an opinion, a decision; each with its way on."""
