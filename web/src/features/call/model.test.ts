import { expect, it } from 'vitest'
import { newForm, newRank, placeOf, toForm, toTerms, withPaper } from './form'
import { allocable, budgetOf, changedParts, funnelOf, ready, standing, together, total, type Terms } from './model'

const words = { whole: 'whole', money: 'money' }

function terms(): Terms {
  const form = { ...newForm('2025'), zh: ' 甲批次 ', en: 'Call A', opens: '2025-11-01', closes: '2025-11-30' }
  const [offer] = form.offers
  if (!offer) throw new Error('a new form has one offer')
  form.offers = [
    { ...offer, measure: '002-5', budget: '3,000,000.50', quota: '10', together: true, rank: { ...newRank(), by: [{ factor: 'review', weight: '0.6' }] }, scores: '3', evidence: [{ id: 'audit', zh: '审计报告', en: 'Audit', required: true }] },
    { ...offer, measure: '002-6', budget: '1' },
  ]
  const read = toTerms(form, words)
  expect(read.faults).toEqual([])
  return read.terms
}

it('is a draft or ended whatever the phase says, and what it does today once published', () => {
  expect(standing({ state: 'draft', phase: 'over' })).toBe('draft')
  expect(standing({ state: 'closed', phase: 'over' })).toBe('closed')
  for (const phase of ['announced', 'open', 'late', 'over'] as const) expect(standing({ state: 'published', phase })).toBe(phase)
})

it('lists states in the order of a case, empty ones left out and unknown ones last', () => {
  const segments = funnelOf({ paid: 2, draft: 3, held: 0, strange: 1 }, ['draft', 'held', 'paid'])
  expect(segments).toEqual([{ state: 'draft', n: 3 }, { state: 'paid', n: 2 }, { state: 'strange', n: 1 }])
  expect(total(segments)).toBe(6)
})

it('sends what was typed, and comes back from what was sent', () => {
  const t = terms()
  expect(t.name.zh).toBe('甲批次')
  expect(t.offers[0]?.budget_fen).toBe('300000050')
  expect(t.offers[0]?.rank?.by).toEqual([{ factor: 'review', weight: '0.6' }])
  expect(budgetOf(t)).toBe('300000150')
  expect(together(t)).toBe(true)
  expect(toTerms(toForm(t), words)).toEqual({ terms: t, faults: [] })
})

it('names the place of what is no number, and sends nothing in its stead unnoticed', () => {
  const form = toForm(terms())
  const [offer] = form.offers
  if (!offer) throw new Error('no offer')
  form.promise = '两月'
  offer.budget = '三百万'
  offer.quota = '-1'
  offer.years.award = ''
  expect(toTerms(form, words).faults).toEqual([
    { path: 'promise', message: 'whole' },
    { path: 'offers.0.years.award', message: 'whole' },
    { path: 'offers.0.budget_fen', message: 'money' },
    { path: 'offers.0.quota', message: 'whole' },
  ])
})

it('gives a new paper an id of its own, which nobody types', () => {
  const papers = withPaper(withPaper([{ id: 'paper_7', zh: '', en: '', required: false }]))
  expect(papers.map((p) => p.id)).toEqual(['paper_7', 'paper_8', 'paper_9'])
})

it('finds the same field under every way a fault names it', () => {
  for (const path of ['offers.0.quota', 'body.offers[0].quota', 'body.terms.offers[0].quota', 'terms.offers.0.quota']) expect(placeOf(path)).toBe('offers.0.quota')
})

it('offers one decision on all only where something waits for it', () => {
  const t = terms()
  const all = { ...t, offers: t.offers.slice(0, 1) }
  expect(ready({ funnel: { accepted: 3, proposed: 2 }, terms: all }, 'approve')).toBe(2)
  expect(ready({ funnel: { accepted: 3, proposed: 2 }, terms: t }, 'approve')).toBe(5)
  expect(ready({ funnel: { accepted: 3 }, terms: all }, 'approve')).toBe(0)
  expect(ready({ funnel: { held: 4 }, terms: all }, 'countersign')).toBe(4)
  expect(allocable({ funnel: { proposed: 9 } })).toBe(false)
  expect(allocable({ funnel: { accepted: 1 } })).toBe(true)
})

it('tells which parts of the terms a revision touched', () => {
  const t = terms()
  expect(changedParts(t, t)).toEqual([])
  expect(changedParts(t, { ...t, closes: '2025-12-31', offers: [] })).toEqual(['closes', 'offers'])
})
