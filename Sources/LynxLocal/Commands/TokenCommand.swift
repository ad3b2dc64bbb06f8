import ArgumentParser
import ControlPlane
import LynxCLI
import LynxCommands
import LynxModel

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make, list and revoke the tokens that the API takes.",
        subcommands: [TokenCreateCommand.self, TokenListCommand.self, TokenRevokeCommand.self])
}

struct TokenCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an API token; its secret is given once, in a file or on standard output.",
        discussion: """
            The first token of a tenant is made on the ledger's database; its owner makes the others.

            EXAMPLES:
              lynxctl token create --database .lynx/ledger.sqlite --tenant lab --scope admin --name alice --output admin.token
              lynxctl token create --token-file admin.token --scope submit --name ci --days 90 --output ci.token
            """)

    @Option(
        help: ArgumentHelp(
            "What it may do: \(AccessScope.allCases.map(\.rawValue).joined(separator: ", ")); each includes those before it.",
            valueName: "scope"))
    var scope: String

    @Option(help: ArgumentHelp("Whom or what it is for.", valueName: "text"))
    var name: String

    @Option(help: ArgumentHelp("It expires after so many days (default: never).", valueName: "n"))
    var days: Double?

    @OptionGroup var secret: SecretOptions

    @OptionGroup var access: AccessOptions

    func validate() throws {
        if AccessScope(rawValue: scope) == nil {
            throw ValidationError("--scope \(scope) is none: give \(AccessScope.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
    }

    func run() async throws {
        try secret.check(access)
        let request = TokenRequest(name: name, scopes: AccessScope(rawValue: scope).map { [$0] } ?? [], expiresInDays: days)
        let issued = try await access.perform {
            try await $0.createToken(request, tenant: $1)
        } overAPI: {
            try await $0.call(.createToken, body: request)
        }
        let end = issued.token.expiresAt.map { "expires \(WireJSON.timestamp($0))" } ?? "does not expire"
        try secret.show(issued, "token \(issued.token.tokenID) of tenant \(issued.token.tenant), scope \(scope), \(end)", access)
    }
}

struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List API and enrolment tokens, without their secrets.",
        discussion: """
            EXAMPLE:
              lynxctl token list --token-file admin.token
            """)

    @OptionGroup var access: AccessOptions

    func run() async throws {
        let tokens = try await access.perform {
            try await $0.tokens(tenant: $1)
        } overAPI: {
            try await $0.call(.tokens).tokens
        }
        guard !access.controlPlane.json else { return try JSONOutput.print(TokenList(tokens: tokens)) }
        guard !tokens.isEmpty else { return OutputStream.standard.line("no tokens") }
        var table = TextTable(columns: [.init("token"), .init("kind"), .init("may"), .init("created"), .init("state"), .init("name", .free)])
        table.rows = tokens.map { token in
            let may =
                token.kind == .api
                ? token.scopes.map(\.rawValue).joined(separator: ", ") : token.simulationTypes?.joined(separator: ", ") ?? "any type"
            return [
                .init(token.tokenID), .init(token.kind.rawValue), .init(may), .init(WireJSON.timestamp(token.createdAt)), .init(Self.state(token)),
                .init(token.name),
            ]
        }
        table.print()
    }

    private static func state(_ token: TokenDescription) -> String {
        if token.revokedAt != nil { return "revoked" }
        if let runner = token.usedBy { return "used by \(runner)" }
        return token.expiresAt.map { "until \(WireJSON.timestamp($0))" } ?? "good"
    }
}

struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a token at once.",
        discussion: """
            EXAMPLE:
              lynxctl token revoke TOKEN_ID --token-file admin.token
            """)

    @Argument(help: "The token's id, not its secret.")
    var tokenID: String

    @OptionGroup var access: AccessOptions

    func validate() throws {
        if tokenID.hasPrefix("lynx_") { throw ValidationError("Give the token's id, as 'lynxctl token list' shows it, not its secret.") }
    }

    func run() async throws {
        try await access.perform {
            try await $0.revokeToken(tokenID, tenant: $1)
        } overAPI: {
            try await $0.call(.revokeToken, [.token: tokenID])
        }
        OutputStream.standard.line("token \(tokenID) is revoked")
    }
}
