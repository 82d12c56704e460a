import './call.css'
import { Button } from 'antd'
import { useMeasures } from '@/features/policy/api'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Choice, GroupFault, Line, Tick } from './Field'
import { newRank, withPaper, type EvidenceForm, type OfferForm, type RankForm } from './form'

interface Props {
  offer: OfferForm
  index: number
  onChange: (offer: OfferForm) => void
  onRemove: (() => void) | null
}

const YEARS = ['transaction', 'application', 'award', 'budget'] as const

/** One measure of the call: its years, money, order, review and papers. */
export function OfferCard({ offer: o, index, onChange, onRemove }: Props) {
  const { d, say } = useLang()
  const f = d.call.form
  const at = (place: string) => `offers.${index}.${place}`
  const set = (part: Partial<OfferForm>) => onChange({ ...o, ...part })
  const measures = useMeasures().data?.filter((m) => (m.rule_type === 'payable' && m.status !== 'draft') || m.id === o.measure) ?? []
  return (
    <Card
      title={fill(f.offer, { n: index + 1 })}
      extra={
        onRemove && (
          <button type="button" className="link-button" onClick={onRemove} aria-label={`${f.remove} ${fill(f.offer, { n: index + 1 })}`}>
            {f.remove}
          </button>
        )
      }
    >
      <Choice path={at('measure')} label={f.measure} value={o.measure} search onChange={(measure) => set({ measure })} options={[['', f.pickMeasure], ...measures.map((m): [string, string] => [m.id, `${say(m.clause.label)} ${say(m.name)}`])]} />
      {YEARS.map((year) => (
        <Line key={year} path={at(`years.${year}`)} label={d.call.year[year]} hint={d.call.yearHint[year]} inputMode="numeric" value={o.years[year]} onChange={(text) => set({ years: { ...o.years, [year]: text } })} />
      ))}
      <Line path={at('budget_fen')} label={f.budget} hint={f.budgetHint} inputMode="decimal" value={o.budget} onChange={(budget) => set({ budget })} />
      <Tick path={at('together')} label={f.together} hint={f.togetherHint} value={o.together} onChange={(together) => set(together ? { together } : { together, rank: null, quota: '0' })} />
      {o.together && (
        <>
          <Line path={at('quota')} label={f.quota} hint={f.quotaHint} inputMode="numeric" value={o.quota} onChange={(quota) => set({ quota })} />
          <Tick path={at('rank')} label={f.rank} hint={f.rankHint} value={o.rank !== null} onChange={(on) => set({ rank: on ? newRank() : null })} />
          {o.rank && <RankFields path={at('rank')} measure={o.measure} rank={o.rank} onChange={(rank) => set({ rank })} />}
        </>
      )}
      <Choice
        path={at('when_short')}
        label={d.call.whenShort}
        hint={f.whenShortHint}
        value={o.when_short}
        onChange={(when_short) => set({ when_short })}
        options={[
          ['', d.call.wayOpen],
          ['pro_rata', d.call.ways.pro_rata],
          ['cut_off', d.call.ways.cut_off],
          ['carry_over', d.call.ways.carry_over],
        ]}
      />
      <Choice
        path={at('share')}
        label={f.share}
        value={o.share}
        onChange={(share) => set({ share })}
        options={[
          ['', f.formula],
          ['equal', d.call.shares.equal],
          ['by_score', d.call.shares.by_score],
        ]}
      />
      <Tick path={at('review.departments')} label={f.departments} value={o.departments} onChange={(departments) => set({ departments })} />
      <Line path={at('review.scores')} label={f.scores} hint={f.scoresHint} inputMode="numeric" value={o.scores} onChange={(scores) => set({ scores })} />
      <EvidenceFields path={at('evidence')} items={o.evidence} onChange={(evidence) => set({ evidence })} />
    </Card>
  )
}

function RankFields({ path, measure, rank, onChange }: { path: string; measure: string; rank: RankForm; onChange: (rank: RankForm) => void }) {
  const { d, say } = useLang()
  const f = d.call.form
  const figures = useMeasures().data?.find((m) => m.id === measure)?.factors ?? []
  const factors: [string, string][] = [['', f.pickFactor], ['review', d.call.reviewFactor], ...figures.map((one): [string, string] => [one.id, say(one.name)])]
  const known = (id: string) => (factors.some(([one]) => one === id) ? factors : [...factors, [id, id] as [string, string]])
  const set = (part: Partial<RankForm>) => onChange({ ...rank, ...part })
  const factor = (i: number, part: Partial<RankForm['by'][number]>) => set({ by: rank.by.map((w, j) => (j === i ? { ...w, ...part } : w)) })
  return (
    <div className="sub-form">
      <GroupFault path={`${path}.by`} />
      {rank.by.map((w, i) => (
        <div key={i} className="sub-item">
          <Choice path={`${path}.by.${i}.factor`} label={`${f.factor} ${i + 1}`} hint={f.factorHint} value={w.factor} onChange={(id) => factor(i, { factor: id })} options={known(w.factor)} />
          <Line path={`${path}.by.${i}.weight`} label={f.weight} inputMode="decimal" value={w.weight} onChange={(text) => factor(i, { weight: text })} />
          {rank.by.length > 1 && (
            <button type="button" className="link-button" aria-label={`${f.remove} ${f.factor} ${i + 1}`} onClick={() => set({ by: rank.by.filter((_, j) => j !== i) })}>
              {f.remove}
            </button>
          )}
        </div>
      ))}
      <Button size="small" onClick={() => set({ by: [...rank.by, { factor: '', weight: '' }] })}>
        {f.addFactor}
      </Button>
      <Choice
        path={`${path}.normalise`}
        label={d.call.normalise}
        value={rank.normalise}
        onChange={(normalise) => set({ normalise })}
        options={[
          ['min_max', d.call.normalises.min_max],
          ['none', d.call.normalises.none],
        ]}
      />
      <Choice
        path={`${path}.ties`}
        label={d.call.ties}
        value={rank.ties}
        onChange={(ties) => set({ ties })}
        options={[
          ['earlier', d.call.tie.earlier],
          ['share', d.call.tie.share],
        ]}
      />
      <Line path={`${path}.bar`} label={d.call.bar} hint={f.barHint} inputMode="decimal" value={rank.bar} onChange={(bar) => set({ bar })} />
    </div>
  )
}

function EvidenceFields({ path, items, onChange }: { path: string; items: EvidenceForm[]; onChange: (items: EvidenceForm[]) => void }) {
  const { d } = useLang()
  const f = d.call.form
  const set = (i: number, part: Partial<EvidenceForm>) => onChange(items.map((e, j) => (j === i ? { ...e, ...part } : e)))
  return (
    <div className="form-row">
      <span className="soft">{d.call.evidence}</span>
      <div className="sub-form">
        <GroupFault path={path} />
        {items.map((e, i) => (
          <div key={i} className="sub-item">
            <Line path={`${path}.${i}.name.zh`} label={f.evidenceZh} value={e.zh} onChange={(zh) => set(i, { zh })} />
            <Line path={`${path}.${i}.name.en`} label={f.evidenceEn} value={e.en} onChange={(en) => set(i, { en })} />
            <Tick path={`${path}.${i}.required`} label={f.required} value={e.required} onChange={(required) => set(i, { required })} />
            <button type="button" className="link-button" aria-label={`${f.remove} ${d.call.evidence} ${i + 1}`} onClick={() => onChange(items.filter((_, j) => j !== i))}>
              {f.remove}
            </button>
          </div>
        ))}
        <Button size="small" onClick={() => onChange(withPaper(items))}>
          {f.addEvidence}
        </Button>
      </div>
    </div>
  )
}
