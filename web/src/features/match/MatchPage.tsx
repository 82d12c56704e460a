import './match.css'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { useWrite } from '@/api/write'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import type { Fen } from '@/money/fen'
import { PageHead } from '@/pattern/layout/PageHead'
import { useNarrow } from '@/pattern/layout/narrow'
import { Money } from '@/pattern/money/Money'
import { OutcomeShape } from '@/pattern/outcome/Outcome'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel, NoRight } from '@/pattern/state/states'
import { startApplication, useMatches } from './api'
import { MatchRow } from './MatchRow'
import { grouped, GROUPS, type Group, type Match } from './model'
import { Why } from './Why'

/** What this organisation may get, sorted by outcome, with the reasons at the side. */
export default function MatchPage() {
  const org = useSession().active?.org
  return org ? <Matches org={org.code} /> : <NoRight />
}

function Matches({ org }: { org: string }) {
  const { d } = useLang()
  const matches = useMatches(org)
  return (
    <>
      <PageHead title={d.nav.match} sentence={matches.data && <Sentence matches={matches.data.results} sum={matches.data.sum_eligible_fen} />} />
      <Loaded query={matches} lines={8}>
        {(all) => (all.results.length === 0 ? <Empty title={d.match.none} next={d.match.noneNext} /> : <MatchGroups org={org} matches={all.results} payee={all.payee} />)}
      </Loaded>
    </>
  )
}

function Sentence({ matches, sum }: { matches: Match[]; sum: Fen }) {
  const { d } = useLang()
  const groups = grouped(matches)
  const link = (group: Group, text: React.ReactNode) => <a href={`#${group}`}>{text}</a>
  return (
    <>
      {groups.eligible.length > 0 ? (
        <Say
          text={d.match.sentence}
          parts={{
            amount: link('eligible', <b className="match-total"><Money fen={sum} /></b>),
            n: link('eligible', <b>{groups.eligible.length}</b>),
          }}
        />
      ) : (
        d.match.sentenceNone
      )}
      {groups.closed.length > 0 && <Say text={d.match.sentenceClosed} parts={{ n: link('closed', <b>{groups.closed.length}</b>) }} />}
      {groups.lacking.length > 0 && <Say text={d.match.sentenceLacking} parts={{ n: link('lacking', <b>{groups.lacking.length}</b>) }} />}
      {groups.undecided.length > 0 && <Say text={d.match.sentenceUndecided} parts={{ n: link('undecided', <b>{groups.undecided.length}</b>) }} />}
      {d.today.stop}
    </>
  )
}

function MatchGroups({ org, matches, payee }: { org: string; matches: Match[]; payee: boolean }) {
  const { d } = useLang()
  const navigate = useNavigate()
  const narrow = useNarrow()
  const [params, setParams] = useSearchParams()
  const [showNot, setShowNot] = useState(false)
  const groups = grouped(matches)
  const chosen = matches.find((m) => m.key === params.get('why')) ?? (narrow ? undefined : GROUPS.map((g) => groups[g][0]).find(Boolean))
  const start = useWrite(startApplication(org), (created) => void navigate(`/applications/${created.id}`))
  const choose = (m: Match) => setParams(m.key === params.get('why') && narrow ? {} : { why: m.key }, { replace: true, preventScrollReset: true })
  const shown = GROUPS.filter((g) => groups[g].length > 0 && g !== 'not_eligible')
  return (
    <div className="columns">
      <div className="stack">
        {start.error && <div className="card"><ErrorPanel error={start.error} /></div>}
        {!payee && groups.eligible.length > 0 && (
          <p className="card match-payee">
            {d.match.noPayee} <Link to="/people?tab=payees">{d.match.registerPayee}</Link>
          </p>
        )}
        {shown.map((group) => (
          <section key={group} id={group} className={`card match-group match-${group}`} aria-labelledby={`${group}-title`}>
            <div className="card-head">
              <h2 id={`${group}-title`}>
                <OutcomeShape outcome={group === 'closed' ? 'not_in_force' : group} size={12} />
                {d.match.group[group]}
              </h2>
              <span className="card-extra">{group === 'simulation_only' ? d.match.draftNote : fill(d.match.count, { n: groups[group].length })}</span>
            </div>
            <ul>
              {groups[group].map((m) => (
                <MatchRow key={m.key} match={m} chosen={chosen?.key === m.key} onChoose={() => choose(m)} onStart={() => start.mutate({ measure: m.measure, object: m.object })} busy={start.isPending}>
                  {narrow && chosen?.key === m.key && <Why match={m} />}
                </MatchRow>
              ))}
            </ul>
          </section>
        ))}
        {groups.not_eligible.length > 0 && (
          <div id="not_eligible">
            <p className="match-not">
              <OutcomeShape outcome="not_eligible" /> <Say text={d.match.notEligible} parts={{ n: groups.not_eligible.length }} />{' '}
              <button type="button" className="link-button" aria-expanded={showNot} onClick={() => setShowNot(!showNot)}>
                {showNot ? d.match.hideReasons : d.match.showReasons}
              </button>
            </p>
            {showNot && (
              <ul className="card">
                {groups.not_eligible.map((m) => (
                  <MatchRow key={m.key} match={m} chosen={chosen?.key === m.key} onChoose={() => choose(m)} onStart={() => undefined} busy={false}>
                    {narrow && chosen?.key === m.key && <Why match={m} />}
                  </MatchRow>
                ))}
              </ul>
            )}
          </div>
        )}
      </div>
      {!narrow && chosen && (
        <aside className="stack match-aside">
          <Why match={chosen} />
          <p className="note prose">
            {d.match.factsNote} <Link to="/facts">{d.nav.facts}</Link>
          </p>
        </aside>
      )}
    </div>
  )
}
