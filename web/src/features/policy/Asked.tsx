import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import { Money } from '@/pattern/money/Money'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useReply } from './api'
import { StatusChip } from './StatusChip'

/** What the documents say to a question in people's own words: clauses with their plain readings, or a refusal. */
export function Asked({ q }: { q: string }) {
  const { d, say } = useLang()
  return (
    <Loaded query={useReply(q)}>
      {(reply) =>
        reply.state === 'refused' ? (
          <Empty title={say(reply.note)} next={<Link to="/policy">{d.policy.documents}</Link>} />
        ) : (
          <>
            <p className="hits-note note">{say(reply.note)}</p>
            <ul className="hits">
              {reply.places.map((place) => (
                <li key={place.key}>
                  <ClauseRef clause={place.clause} /> <b>{say(place.title)}</b> <StatusChip status={place.status} />
                  <p>{say(place.reading)}</p>
                  {place.formula && <p className="formula">{say(place.formula)}</p>}
                  {place.example?.amount_fen && (
                    <p>
                      {fill(place.example.given ? d.policy.forExampleFrom : d.policy.forExample, { name: say(place.example.name), given: place.example.given })} <Money fen={place.example.amount_fen} bare />
                    </p>
                  )}
                </li>
              ))}
            </ul>
          </>
        )
      }
    </Loaded>
  )
}
