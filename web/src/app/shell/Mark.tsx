/** The wordmark's stamp; fixed, unlike a record's. */
export function Mark({ size = 34 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 72 72" aria-hidden="true">
      <rect width="72" height="72" rx="8" fill="#24457F" />
      <rect x="4" y="4" width="64" height="64" rx="5" fill="none" stroke="#fff" opacity=".7" />
      {['1 1', '-1 1', '1 -1', '-1 -1'].map((flip) => (
        <g key={flip} transform={`translate(36 36) scale(${flip}) translate(-36 -36)`} fill="#fff">
          <circle cx="13" cy="13" r="2" />
          <circle cx="23" cy="13" r="3.2" fill="none" stroke="#fff" strokeWidth="2" />
          <path d="M31 8.6 35.4 13 31 17.4 26.6 13z" />
          <path d="M18 18a9 9 0 0 0-9 9h9z" />
          <circle cx="13" cy="32" r="3.2" fill="none" stroke="#fff" strokeWidth="2" />
          <circle cx="23" cy="23" r="3.6" />
          <path d="M32 19.6 35.4 23 32 26.4 28.6 23z" />
          <path d="M23 28.4 26.4 31.8 23 35.2 19.6 31.8z" />
        </g>
      ))}
    </svg>
  )
}
