import './shell.css'

/** The indigo hem with spiral and chevron: the one ornament of the console. */
export function Hem() {
  return (
    <svg className="hem no-print" aria-hidden="true">
      <defs>
        <pattern id="hem-down" width="12" height="36" patternUnits="userSpaceOnUse">
          <Motif />
        </pattern>
        <pattern id="hem-across" width="24" height="8" patternUnits="userSpaceOnUse" patternTransform="scale(1)">
          <g transform="translate(0 8) rotate(-90) scale(0.667)">
            <Motif />
          </g>
        </pattern>
      </defs>
      <rect className="hem-down" width="100%" height="100%" fill="url(#hem-down)" />
      <rect className="hem-across" width="100%" height="100%" fill="url(#hem-across)" />
    </svg>
  )
}

function Motif() {
  return (
    <>
      <rect width="12" height="36" fill="#14284D" />
      <g fill="none" stroke="#E8EEF6" strokeWidth="1">
        <path d="M6 8.4a.9.9 0 1 1 .9-.9 2.1 2.1 0 0 1-2.1 2.1A3 3 0 0 1 1.9 6.6 4 4 0 0 1 6 2.9a4.2 4.2 0 0 1 4.1 4.2" />
        <path d="M2.2 18l3.8 3 3.8-3M2.2 22l3.8 3 3.8-3" />
      </g>
      <circle cx="6" cy="31" r="1.1" fill="#E8EEF6" />
    </>
  )
}
