import type { FieldProblem } from '@/api/problem'
import { parseYuan, plain } from '@/money/fen'
import type { Offer, Terms } from './model'

/** The terms as they are typed: every number is still text, so nothing that was typed is lost. */
export interface TermsForm {
  zh: string
  en: string
  guide: string
  opens: string
  closes: string
  late_by: string
  promise: string
  notice: string
  channel: Terms['channel']
  offers: OfferForm[]
}

export interface OfferForm {
  measure: string
  years: { transaction: string; application: string; award: string; budget: string }
  together: boolean
  budget: string
  quota: string
  when_short: Offer['when_short']
  share: Offer['share']
  rank: RankForm | null
  departments: boolean
  scores: string
  evidence: EvidenceForm[]
}

export interface RankForm {
  by: { factor: string; weight: string }[]
  normalise: 'min_max' | 'none'
  ties: 'share' | 'earlier'
  bar: string
}

export interface EvidenceForm {
  id: string
  zh: string
  en: string
  required: boolean
}

export const newRank = (): RankForm => ({ by: [{ factor: '', weight: '1' }], normalise: 'min_max', ties: 'earlier', bar: '' })

/** One more paper to bring; applicants' files name it by its id, which nobody needs to know. */
export function withPaper(items: EvidenceForm[]): EvidenceForm[] {
  const taken = items.map((e) => Number(/^paper_(\d+)$/.exec(e.id)?.[1] ?? 0))
  return [...items, { id: `paper_${Math.max(0, ...taken) + 1}`, zh: '', en: '', required: true }]
}

export function newOffer(year: string): OfferForm {
  return { measure: '', years: { transaction: year, application: year, award: year, budget: year }, together: false, budget: '', quota: '0', when_short: '', share: '', rank: null, departments: false, scores: '0', evidence: [] }
}

export function newForm(year: string): TermsForm {
  return { zh: '', en: '', guide: year, opens: '', closes: '', late_by: '0', promise: '60', notice: '5', channel: 'direct', offers: [newOffer(year)] }
}

export function toForm(t: Terms): TermsForm {
  return {
    zh: t.name.zh,
    en: t.name.en,
    guide: String(t.guide),
    opens: t.opens,
    closes: t.closes,
    late_by: String(t.late_by),
    promise: String(t.promise),
    notice: String(t.notice),
    channel: t.channel,
    offers: t.offers.map((o) => ({
      measure: o.measure,
      years: { transaction: String(o.years.transaction), application: String(o.years.application), award: String(o.years.award), budget: String(o.years.budget) },
      together: o.together,
      budget: plain(o.budget_fen),
      quota: String(o.quota),
      when_short: o.when_short,
      share: o.share,
      rank: o.rank && { by: o.rank.by.map((w) => ({ ...w })), normalise: o.rank.normalise, ties: o.rank.ties, bar: o.rank.bar },
      departments: o.review.departments,
      scores: String(o.review.scores),
      evidence: o.evidence.map((e) => ({ id: e.id, zh: e.name.zh, en: e.name.en, required: e.required })),
    })),
  }
}

/** What the form cannot send because it is no number at all; everything else the server judges. */
export interface Words {
  whole: string
  money: string
}

/** The terms to send, and what cannot be read as a number, by the server's own paths. */
export function toTerms(form: TermsForm, words: Words): { terms: Terms; faults: FieldProblem[] } {
  const faults: FieldProblem[] = []
  const whole = (text: string, path: string): number => {
    if (/^\d{1,9}$/.test(text.trim())) return Number(text)
    faults.push({ path, message: words.whole })
    return 0
  }
  const money = (text: string, path: string): string => {
    const fen = parseYuan(text)
    if (fen === null) faults.push({ path, message: words.money })
    return fen ?? '0'
  }
  const terms: Terms = {
    name: { zh: form.zh.trim(), en: form.en.trim() },
    guide: whole(form.guide, 'guide'),
    opens: form.opens,
    closes: form.closes,
    late_by: whole(form.late_by, 'late_by'),
    promise: whole(form.promise, 'promise'),
    notice: whole(form.notice, 'notice'),
    channel: form.channel,
    offers: form.offers.map((o, i) => {
      const at = (place: string) => `offers.${i}.${place}`
      return {
        measure: o.measure,
        years: {
          transaction: whole(o.years.transaction, at('years.transaction')),
          application: whole(o.years.application, at('years.application')),
          award: whole(o.years.award, at('years.award')),
          budget: whole(o.years.budget, at('years.budget')),
        },
        together: o.together,
        budget_fen: money(o.budget, at('budget_fen')),
        quota: whole(o.quota, at('quota')),
        when_short: o.when_short,
        share: o.share,
        rank: o.rank && { by: o.rank.by.map((w) => ({ factor: w.factor.trim(), weight: w.weight.trim() })), normalise: o.rank.normalise, ties: o.rank.ties, bar: o.rank.bar.trim() },
        review: { departments: o.departments, scores: whole(o.scores, at('review.scores')) },
        evidence: o.evidence.map((e) => ({ id: e.id.trim(), name: { zh: e.zh.trim(), en: e.en.trim() }, required: e.required })),
      }
    }),
  }
  return { terms, faults }
}

/** A fault's place as the form names it: the body's wrapping is none of the form's business. */
export function placeOf(path: string): string {
  return path
    .replace(/\[(\d+)\]/g, '.$1')
    .replace(/^body\./, '')
    .replace(/^terms\./, '')
}
